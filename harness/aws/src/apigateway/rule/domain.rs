//! VPC links, domain names, base path mappings: kept and answered, and nothing runs behind them.

use crate::apigateway::account::{Account, BasePathMapping, DomainName, VpcLink};
use crate::apigateway::error::{Error, Missing};
use crate::apigateway::rule::{check_enum, check_tags};
use crate::apigateway::state::{ID_LENGTH, PART_ID_LENGTH, State};
use crate::shared::Ctx;

/// The most custom domain names (API Gateway developer guide, `limits.html`).
pub(in crate::apigateway) const DOMAIN_NAMES_MAX: usize = 120;

impl Account {
    /// A VPC link.
    ///
    /// # Errors
    /// There is none. (Recorded.)
    pub fn vpc_link(&self, id: &str) -> Result<&VpcLink, Error> {
        let found = self.vpc_links.iter().find(|link| link.id == id);
        found.ok_or_else(|| Missing::VpcLink.named(id))
    }

    /// Makes a VPC link: it is answered as pending, and there at the next look (recorded).
    ///
    /// # Errors
    /// The name is empty, or a target is no ARN. (Recorded.)
    pub fn add_vpc_link(&mut self, mut link: VpcLink, ctx: &Ctx<'_>) -> Result<VpcLink, Error> {
        let scope = self.scope.to_string();
        let drawn = ctx.ids.draw("vpc-link-id", &scope, &link.name);
        link.id = drawn.base36(PART_ID_LENGTH);
        check_link(&link)?;
        let mut kept = link.clone();
        kept.status = Some("AVAILABLE".to_owned());
        kept.status_message = Some("Your vpc link is ready for use".to_owned());
        self.vpc_links.push(kept);
        link.status = Some("PENDING".to_owned());
        Ok(link)
    }

    /// Keeps a VPC link that is changed.
    ///
    /// # Errors
    /// As for one that is made.
    pub fn put_vpc_link(&mut self, link: VpcLink) -> Result<VpcLink, Error> {
        check_link(&link)?;
        let mut all = self.vpc_links.iter_mut();
        let found = all.find(|other| other.id == link.id);
        let found = found.ok_or_else(|| Missing::VpcLink.named(&link.id))?;
        *found = link.clone();
        Ok(link)
    }

    /// Takes a VPC link away.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_vpc_link(&mut self, id: &str) -> Result<(), Error> {
        self.vpc_link(id)?;
        self.vpc_links.retain(|link| link.id != id);
        Ok(())
    }

    /// A domain name.
    ///
    /// # Errors
    /// There is none.
    pub fn domain_name(&self, name: &str) -> Result<&DomainName, Error> {
        let found = self.domain_names.iter().find(|it| it.domain_name == name);
        found.ok_or_else(|| Missing::DomainName.named(name))
    }

    /// Makes a domain name.
    ///
    /// # Errors
    /// It is taken, is none, or lacks the certificate of its endpoint. (Texts unverified.)
    pub fn add_domain_name(
        &mut self,
        mut domain: DomainName,
        ctx: &Ctx<'_>,
    ) -> Result<DomainName, Error> {
        let name = domain.domain_name.clone();
        let is_label = |label: &str| {
            let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
            label == "*" || (!label.is_empty() && label.bytes().all(is_word))
        };
        if !name.contains('.') || !name.split('.').all(is_label) {
            return Err(Error::invalid(
                "domainName",
                format!("`{name}` is no domain name"),
            ));
        }
        if self.domain_name(&name).is_ok() {
            return Err(Error::Taken {
                what: "domain name",
                name,
                text: "The domain name you provided already exists.".to_owned(),
            });
        }
        if self.domain_names.len() >= DOMAIN_NAMES_MAX {
            return Err(Error::Quota {
                of: "custom domain names",
                limit: DOMAIN_NAMES_MAX,
            });
        }
        complete(&mut domain)?;
        let scope = self.scope.to_string();
        let label = ctx.ids.draw("domain-name", &scope, &name).base36(ID_LENGTH);
        let region = &self.scope.region;
        let mut arn = format!("arn:aws:apigateway:{region}::/domainnames/{name}");
        match kind_of(&domain) {
            "EDGE" => {
                domain.distribution_domain_name = Some(format!("d{label}.cloudfront.net"));
            }
            // A private one has an account and an id in its ARN (API Gateway developer guide,
            // `apigateway-private-custom-domains.html`).
            "PRIVATE" => {
                let account = &self.scope.account;
                arn = format!("arn:aws:apigateway:{region}:{account}:/domainnames/{name}+{label}");
                domain.domain_name_id = Some(label);
            }
            _ => {
                domain.regional_domain_name =
                    Some(format!("d-{label}.execute-api.{region}.amazonaws.com"));
            }
        }
        domain.domain_name_arn = Some(arn);
        domain.domain_name_status = Some("AVAILABLE".to_owned());
        self.domain_names.push(domain.clone());
        Ok(domain)
    }

    /// Keeps a domain name that is changed.
    ///
    /// # Errors
    /// It lacks the certificate of its endpoint.
    pub fn put_domain_name(&mut self, mut domain: DomainName) -> Result<DomainName, Error> {
        complete(&mut domain)?;
        let mut all = self.domain_names.iter_mut();
        let found = all.find(|it| it.domain_name == domain.domain_name);
        let found = found.ok_or_else(|| Missing::DomainName.named(&domain.domain_name))?;
        *found = domain.clone();
        Ok(domain)
    }

    /// Takes a domain name away, with its mappings and those who reach it.
    ///
    /// # Errors
    /// There is none.
    pub fn remove_domain_name(&mut self, name: &str) -> Result<(), Error> {
        let arn = self.domain_name(name)?.domain_name_arn.clone();
        let arn = arn.unwrap_or_default();
        self.associations.retain(|it| it.domain_name_arn != arn);
        self.domain_names.retain(|it| it.domain_name != name);
        self.mappings.retain(|(domain, _), _| domain != name);
        Ok(())
    }

    /// A base path mapping.
    ///
    /// # Errors
    /// There is no such domain name, or it has no such mapping.
    pub fn mapping(&self, domain: &str, path: &str) -> Result<&BasePathMapping, Error> {
        self.domain_name(domain)?;
        let found = self.mappings.get(&(domain.to_owned(), path.to_owned()));
        found.ok_or_else(|| Missing::BasePathMapping.named(path))
    }

    /// The mappings of a domain name.
    pub fn mappings_of<'a>(&'a self, domain: &'a str) -> impl Iterator<Item = &'a BasePathMapping> {
        let own = self
            .mappings
            .iter()
            .filter(move |((of, _), _)| of == domain);
        own.map(|(_, mapping)| mapping)
    }

    /// Keeps a mapping that is new, or takes the place of the one at `before`.
    ///
    /// # Errors
    /// There is no such domain name, API or stage, or the path is taken. (Texts unverified.)
    pub fn put_mapping(
        &mut self,
        domain: &str,
        before: Option<&str>,
        mut mapping: BasePathMapping,
        apis: &State,
    ) -> Result<BasePathMapping, Error> {
        self.domain_name(domain)?;
        if mapping.base_path.is_empty() {
            mapping.base_path = "(none)".to_owned();
        }
        mapping.stage = mapping.stage.filter(|stage| !stage.is_empty());
        let api = apis.api(&self.scope, &mapping.rest_api_id);
        let api = api.map_err(|_| Error::stated("Invalid REST API identifier specified"))?;
        if let Some(stage) = &mapping.stage
            && !api.stages.contains_key(stage)
        {
            return Err(Error::stated("Invalid stage identifier specified"));
        }
        if before != Some(mapping.base_path.as_str())
            && self.mapping(domain, &mapping.base_path).is_ok()
        {
            return Err(Error::Taken {
                what: "base path",
                name: mapping.base_path,
                text: "Base path already exists for this domain name".to_owned(),
            });
        }
        if let Some(before) = before {
            self.mappings
                .remove(&(domain.to_owned(), before.to_owned()));
        }
        let key = (domain.to_owned(), mapping.base_path.clone());
        self.mappings.insert(key, mapping.clone());
        Ok(mapping)
    }

    /// Takes a mapping away.
    ///
    /// # Errors
    /// As [`Account::mapping`].
    pub fn remove_mapping(&mut self, domain: &str, path: &str) -> Result<(), Error> {
        self.mapping(domain, path)?;
        self.mappings.remove(&(domain.to_owned(), path.to_owned()));
        Ok(())
    }
}

/// The type of a domain name's endpoint.
pub(super) fn kind_of(domain: &DomainName) -> &str {
    let endpoint = domain.endpoint_configuration.as_ref();
    let first = endpoint.and_then(|endpoint| endpoint.types.first());
    first.map_or("EDGE", String::as_str)
}

/// Completes a domain name, and looks whether it can be. (Texts unverified.)
fn complete(domain: &mut DomainName) -> Result<(), Error> {
    let endpoint = domain.endpoint_configuration.get_or_insert_default();
    if endpoint.types.is_empty() {
        endpoint.types.push("EDGE".to_owned());
    }
    if endpoint.types.len() > 1 {
        let problem = "give one type of endpoint";
        return Err(Error::invalid("endpointConfiguration.types", problem));
    }
    let kind = endpoint.types.first().map(String::as_str);
    check_enum("endpointConfiguration.types", "EndpointType", kind)?;
    let addresses = if kind == Some("PRIVATE") {
        "dualstack"
    } else {
        "ipv4"
    };
    let addresses = endpoint
        .ip_address_type
        .get_or_insert_with(|| addresses.to_owned());
    let member = "endpointConfiguration.ipAddressType";
    check_enum(member, "IpAddressType", Some(addresses))?;
    let (member, certificate) = if kind_of(domain) == "REGIONAL" {
        ("regionalCertificateArn", &domain.regional_certificate_arn)
    } else {
        ("certificateArn", &domain.certificate_arn)
    };
    let is_arn = |arn: &str| arn.starts_with("arn:") && arn.contains(":acm:");
    if !certificate.as_deref().is_some_and(is_arn) {
        return Err(Error::invalid(
            member,
            "give the ARN of a certificate of ACM",
        ));
    }
    let policy = domain
        .security_policy
        .get_or_insert_with(|| "TLS_1_2".to_owned());
    check_enum("securityPolicy", "SecurityPolicy", Some(policy))?;
    check_tags(&domain.tags)
}

fn check_link(link: &VpcLink) -> Result<(), Error> {
    check_tags(&link.tags)?;
    if link.name.is_empty() {
        return Err(Error::stated("Name cannot be empty"));
    }
    let is_arn = |arn: &&String| arn.starts_with("arn:") && arn.splitn(6, ':').count() == 6;
    let wrong = link.target_arns.iter().find(|arn| !is_arn(arn));
    if let Some(arn) = wrong {
        return Err(Error::stated(format!(
            "Invalid ARN. ARN is not well formed {arn}"
        )));
    }
    if link.target_arns.len() != 1 {
        return Err(Error::invalid(
            "targetArns",
            "give the ARN of one Network Load Balancer",
        ));
    }
    Ok(())
}
