//! What turns a request away before a method is looked for, and how one is answered that no method takes.

use authlab_kernel::redaction;
use authlab_wire::sigv4::{self, ServiceNaming};
use http::StatusCode;

use crate::credential::as_sent;
use crate::deployment::RestApi;
use crate::deployment::rest::Endpoint;
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::refusal::{Refusal, ResponseType, Said};

/// The longest ARN of a method, in bytes (API Gateway developer guide, `limits.html`).
const METHOD_ARN_BYTES_MAX: usize = 1_600;

/// Lets in what comes the way that leads to the API.
pub(super) fn take(exchange: &Exchange<'_>, api: &RestApi) -> Result<(), Box<Refusal>> {
    let is_private = api.endpoint == Endpoint::Private;
    if is_private != exchange.network.is_of_vpc() {
        return Err(elsewhere(exchange, is_private));
    }
    let bytes = exchange.method_arn().len();
    if bytes > METHOD_ARN_BYTES_MAX {
        let problem = format!(
            "the ARN of its method has {bytes} bytes, of which there may be {METHOD_ARN_BYTES_MAX}"
        );
        let told = evidence::Route::Unclear {
            path: redaction::request_path(exchange.path.as_text()),
            problem: problem.into(),
        };
        let too_long = ResponseType::Default4xx;
        // What AWS says beside the status is not known.
        let said = Said {
            status: Some(StatusCode::URI_TOO_LONG),
            ..Said::default()
        };
        return Err(Refusal::refused(Reason::MethodArnTooLong, too_long, &told).saying(said));
    }
    Ok(())
}

/// A private API is reached through endpoints of VPCs, and they lead to no other (API Gateway developer
/// guide, `apigateway-private-apis.html`; 403 for both is unverified).
fn elsewhere(exchange: &Exchange<'_>, is_private: bool) -> Box<Refusal> {
    let network = &exchange.network;
    let told = evidence::Route::EndpointMismatch {
        api: exchange.stage.api_id.as_str().into(),
        is_private,
        vpc: network.vpc.as_deref().map(Into::into),
        vpc_endpoint: network.vpc_endpoint.as_deref().map(Into::into),
    };
    let denied = ResponseType::AccessDenied;
    Refusal::refused(Reason::EndpointMismatch, denied, &told).saying(Said::forbidden())
}

/// How a request is answered that no method takes: as if a signature were missing (recorded), or by what is
/// wrong with the one that is there (as observed).
pub(super) fn untaken(exchange: &Exchange<'_>) -> (ResponseType, Said) {
    match sigv4::parse(&as_sent(exchange.incoming)) {
        Ok(_) => (ResponseType::MissingAuthenticationToken, Said::default()),
        Err(error) => {
            let refusal = sigv4::Refusal::from(error);
            let said = Said {
                error_type: Some(refusal.code(ServiceNaming::Json).into()),
                message: Some(refusal.to_string()),
                ..Said::default()
            };
            (ResponseType::InvalidSignature, said)
        }
    }
}
