//! Whether the request has the parameters that the method asks for, and a body that fits its model.
//!
//! Parameters come first (recorded). Source: API Gateway developer guide, `api-gateway-method-request-validation.html`.

use http::header::CONTENT_TYPE;
use serde_json::{Map, Value};

use super::media_type;
use crate::deployment::rest::{BodyModels, Place, RequiredParameter, Validation};
use crate::evidence::{self, Reason};
use crate::exchange::Exchange;
use crate::plane::Plane;
use crate::query;
use crate::refusal::{Refusal, ResponseType, Said};

/// The content type whose model is that of all types without one.
const EVERY_TYPE: &str = "$default";

/// Validates what there is to validate.
pub(crate) fn take(
    plane: &Plane,
    exchange: &mut Exchange<'_>,
    validation: &Validation,
) -> Result<(), Box<Refusal>> {
    if validation.parameters.is_empty() && validation.body.is_none() {
        return Ok(());
    }
    parameters(exchange, &validation.parameters)?;
    let told = match &validation.body {
        Some(models) => body(exchange, models)?,
        None => evidence::Validation::default(),
    };
    exchange.allowed(&plane.journal, &told);
    Ok(())
}

fn parameters(exchange: &Exchange<'_>, required: &[RequiredParameter]) -> Result<(), Box<Refusal>> {
    let missing: Vec<&RequiredParameter> = required
        .iter()
        .filter(|parameter| !is_there(exchange, parameter))
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    let in_words = |parameter: &&RequiredParameter| {
        let place = match parameter.place {
            Place::Header => "header",
            Place::Path => "path",
            Place::Query => "query",
        };
        format!("{place} {}", parameter.name).into()
    };
    let misspelt = missing.iter().filter(|it| is_misspelt(exchange, it));
    let told = evidence::Validation {
        missing: missing.iter().map(in_words).collect(),
        misspelt: misspelt.map(in_words).collect(),
        ..evidence::Validation::default()
    };
    let names: Vec<&str> = missing.iter().map(|it| it.name.as_str()).collect();
    let names = names.join(", ");
    let said = Said {
        message: Some(format!("Missing required request parameters: [{names}]")),
        ..Said::default()
    };
    let bad = ResponseType::BadRequestParameters;
    Err(Refusal::refused(Reason::ParameterMissing, bad, &told).saying(said))
}

/// Whether a parameter is there and not blank.
fn is_there(exchange: &Exchange<'_>, parameter: &RequiredParameter) -> bool {
    let name = parameter.name.as_str();
    match parameter.place {
        Place::Header => {
            let values = exchange.incoming.headers.get_all(name).iter();
            let mut values = values.map(|value| value.as_bytes().trim_ascii());
            values.any(|value| !value.is_empty())
        }
        Place::Path => exchange.parameters().is_some_and(|known| {
            let value = known.decoded.get(name);
            value.is_some_and(|value| !value.trim().is_empty())
        }),
        Place::Query => query::pairs(exchange.raw_query())
            .any(|(own, value)| own == name && !value.trim().is_empty()),
    }
}

/// Whether the query string has the parameter in other letters: they count there, and in headers they do not.
fn is_misspelt(exchange: &Exchange<'_>, parameter: &RequiredParameter) -> bool {
    parameter.place == Place::Query
        && query::pairs(exchange.raw_query())
            .any(|(own, _)| own != parameter.name && own.eq_ignore_ascii_case(&parameter.name))
}

/// Holds the body against its model. A type without a model passes; no body is read as `{}` (unverified).
fn body(
    exchange: &Exchange<'_>,
    models: &BodyModels,
) -> Result<evidence::Validation<'static>, Box<Refusal>> {
    let media_type = media_type::bare(exchange.incoming.header(CONTENT_TYPE));
    let of_type = models.by_type.iter();
    let mut of_type = of_type.filter(|(own, _)| media_type::is_same(own, &media_type));
    let model = of_type.next().map(|(_, model)| model);
    let model = model.or_else(|| models.by_type.get(EVERY_TYPE));
    let mut told = evidence::Validation {
        media_type: Some(media_type.into()),
        model: model.map(|model| model.clone().into()),
        ..evidence::Validation::default()
    };
    let Some(model) = model else {
        return Ok(told);
    };
    let bytes = &exchange.incoming.body;
    let document = if bytes.is_empty() {
        Ok(Value::Object(Map::new()))
    } else {
        serde_json::from_slice::<Value>(bytes)
    };
    let problems = match document {
        Ok(document) => models
            .schemas
            .check(model, &document)
            .map_err(|error| Refusal::not_simulated(&error.to_string()))?,
        // In the lab's words.
        Err(error) => vec![format!("the body is no JSON: {error}")],
    };
    if problems.is_empty() {
        return Ok(told);
    }
    let said = Said {
        validation_error: Some(format!("[{}]", problems.join(", "))),
        ..Said::default()
    };
    told.problems = problems.into_iter().map(Into::into).collect();
    let bad = ResponseType::BadRequestBody;
    Err(Refusal::refused(Reason::BodyInvalid, bad, &told).saying(said))
}
