//! VPC endpoints from which private domain names are reached: kept and answered.
//!
//! Source: API Gateway developer guide, `apigateway-private-custom-domains.html`. Texts are unverified.
//! Domain names that another account shares (by RAM, which this lab has not) are answered with 501.

use super::domain::kind_of;
use crate::apigateway::account::{Account, DomainName, DomainNameAccessAssociation};
use crate::apigateway::error::{Error, Missing};
use crate::apigateway::rule::{check_enum, check_tags};

impl Account {
    /// An association.
    ///
    /// # Errors
    /// There is none.
    pub fn association(&self, arn: &str) -> Result<&DomainNameAccessAssociation, Error> {
        let mut all = self.associations.iter();
        let found = all.find(|it| it.domain_name_access_association_arn == arn);
        found.ok_or_else(|| Missing::Association.named(arn))
    }

    /// The domain name of an ARN.
    ///
    /// # Errors
    /// There is none, or it is another account's.
    pub fn domain_name_by_arn(&self, arn: &str) -> Result<&DomainName, Error> {
        let mut all = self.domain_names.iter();
        let found = all.find(|it| it.domain_name_arn.as_deref() == Some(arn));
        let account = arn.split(':').nth(4).unwrap_or_default();
        if found.is_none() && !account.is_empty() && account != self.scope.account.as_str() {
            return Err(Error::not_implemented(
                "a domain name that another account shares",
            ));
        }
        found.ok_or_else(|| Missing::DomainName.named(arn))
    }

    /// Makes an association.
    ///
    /// # Errors
    /// There is no such domain name, it is not private, the endpoint is none, or it is there.
    pub fn add_association(
        &mut self,
        mut given: DomainNameAccessAssociation,
    ) -> Result<DomainNameAccessAssociation, Error> {
        let domain = self.domain_name_by_arn(&given.domain_name_arn)?;
        if kind_of(domain) != "PRIVATE" {
            return Err(Error::invalid(
                "domainNameArn",
                format!("`{}` is not private", domain.domain_name),
            ));
        }
        let kind = given.access_association_source_type.as_str();
        let member = "accessAssociationSourceType";
        check_enum(member, "AccessAssociationSourceType", Some(kind))?;
        let source = given.access_association_source.as_str();
        if source.strip_prefix("vpce-").is_none_or(str::is_empty) {
            let problem = format!("`{source}` is no id of a VPC endpoint");
            return Err(Error::invalid("accessAssociationSource", problem));
        }
        check_tags(&given.tags)?;
        let arn = format!(
            "arn:aws:apigateway:{}:{}:/domainnameaccessassociations/domainname/{}/vpcesource/{source}",
            self.scope.region, self.scope.account, domain.domain_name
        );
        if self.association(&arn).is_ok() {
            return Err(Error::Taken {
                what: "domain name access association",
                name: arn,
                text: "The domain name access association already exists".to_owned(),
            });
        }
        given.domain_name_access_association_arn = arn;
        self.associations.push(given.clone());
        Ok(given)
    }

    /// Takes an association away.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_association(&mut self, arn: &str) -> Result<(), Error> {
        self.association(arn)?;
        let is_other =
            |it: &DomainNameAccessAssociation| it.domain_name_access_association_arn != arn;
        self.associations.retain(is_other);
        Ok(())
    }

    /// Rejects what another account associated with a domain name of this one. Here nobody else can:
    /// what is there is the account's own, which it deletes and does not reject.
    ///
    /// # Errors
    /// Always: there is no such domain name or association, or it is the account's own.
    pub fn reject_association(&self, arn: &str, domain_arn: &str) -> Result<(), Error> {
        self.domain_name_by_arn(domain_arn)?;
        let found = self.association(arn)?;
        if found.domain_name_arn != domain_arn {
            return Err(Missing::Association.named(arn));
        }
        Err(Error::invalid(
            "domainNameAccessAssociationArn",
            "it is of the account's own: delete it",
        ))
    }
}
