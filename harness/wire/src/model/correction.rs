//! Where AWS's answers show another model than the pinned one: newer patterns and other bounds.
//!
//! Each line was seen in an answer that was recorded on AWS (replays of the lab, `golden/`); what is
//! not listed is as the model says. A correction counts for the check as for the text of a refusal.

use super::facts;

/// What is corrected in a shape.
struct Correction {
    service: &'static str,
    shape: &'static str,
    pattern: Option<&'static str>,
    max: Option<f64>,
    min: Option<f64>,
}

const NONE: Correction = Correction {
    service: "",
    shape: "",
    pattern: None,
    max: None,
    min: None,
};

/// A function's name, as CreateFunction and its kin take it.
const FUNCTION_NAME: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_]+)(:(\$LATEST|[a-zA-Z0-9-_]+))?";

/// A function's name, as most operations take it.
const NAMESPACED_FUNCTION_NAME: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:)?(\d{12}:)?(function:)?([a-zA-Z0-9-_\.]+)(:(\$LATEST(\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";

const TAGGABLE_RESOURCE: &str = r"arn:(aws[a-zA-Z-]*):lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:(function:[a-zA-Z0-9-_]+(:(\$LATEST|[a-zA-Z0-9-_]+))?|layer:([a-zA-Z0-9-_]+)|code-signing-config:csc-[a-z0-9]{17}|event-source-mapping:[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|capacity-provider:[a-zA-Z0-9-_]+)";

const LAYER_VERSION: &str = r"(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\d{1}:\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+)|(arn:[a-zA-Z0-9-]+:lambda:::awslayer:[a-zA-Z0-9-_]+)";

const CORRECTIONS: &[Correction] = &[
    Correction {
        service: "lambda",
        shape: "FunctionName",
        pattern: Some(FUNCTION_NAME),
        ..NONE
    },
    Correction {
        service: "lambda",
        shape: "NamespacedFunctionName",
        pattern: Some(NAMESPACED_FUNCTION_NAME),
        ..NONE
    },
    Correction {
        service: "lambda",
        shape: "TaggableResource",
        pattern: Some(TAGGABLE_RESOURCE),
        ..NONE
    },
    Correction {
        service: "lambda",
        shape: "LayerVersionArn",
        pattern: Some(LAYER_VERSION),
        max: Some(2048.0),
        ..NONE
    },
    Correction {
        service: "lambda",
        shape: "SubnetId",
        pattern: Some("subnet-[0-9a-z]*"),
        min: Some(0.0),
        max: Some(1024.0),
    },
];

/// Corrects the facts of a service's shape.
pub(super) fn correct(service: &str, shape: &str, facts: &mut facts::Shape) {
    let found = CORRECTIONS
        .iter()
        .filter(|correction| correction.service == service && correction.shape == shape);
    for correction in found {
        if let Some(pattern) = correction.pattern {
            facts.pattern = Some(pattern.to_owned());
        }
        facts.max = correction.max.or(facts.max);
        facts.min = correction.min.or(facts.min);
    }
}

#[cfg(test)]
mod tests {
    use super::super::Models;
    use super::*;

    #[test]
    fn every_correction_names_a_shape_and_a_pattern_that_is_enforced() {
        for correction in CORRECTIONS {
            let service = Models::service(correction.service).unwrap();
            let shape = service.shape_named(correction.shape).unwrap();
            assert_eq!(
                shape.bounds.regex().is_some(),
                correction.pattern.is_some(),
                "{}",
                correction.shape
            );
        }
    }
}
