//! Codes and statuses of refusals, held against the model.

use authlab_wire::{Model, WireError};

use crate::operation::Service;

/// Codes that every operation may answer, and that models do not list (AWS, "Common errors").
const COMMON: [&str; 10] = [
    "AccessDenied",
    "AccessDeniedException",
    "InternalFailure",
    "NotImplemented",
    "SerializationException",
    "ThrottlingException",
    "ValidationError",
    "ValidationException",
    "InvalidParameterCombination",
    "InvalidParameterValue",
];

/// What is not as the model has it in a refusal: a status, or a code that nobody documents. An
/// operation may answer a code of its service that the model lists with others only.
pub(super) fn fault(service: &Service, model: &'static Model, error: &WireError) -> Option<String> {
    let code = error.code.as_str();
    let stated = model.error_shape(code).and_then(|shape| shape.error);
    if let Some(stated) = stated {
        let (status, wanted) = (error.status, stated.status);
        return (status != wanted).then(|| format!("{code}: status {status} instead of {wanted}"));
    }
    let is_known = COMMON.contains(&code) || service.validation.code == code;
    (!is_known).then(|| format!("{code}, which no model has"))
}
