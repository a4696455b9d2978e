//! Rendering templates, and what is told where that fails.

use std::borrow::Cow;

use authlab_vtl::{Place, Rendered};

use super::reading::Reading;
use crate::deployment::rest::mapping::BodyTemplate;
use crate::evidence::{Reason, TemplateFailed};
use crate::refusal::{Refusal, ResponseType};

/// Which template it is, for whoever reads that it failed.
#[derive(Clone, Copy)]
pub(super) struct Named<'n> {
    /// `request` or `response`.
    pub side: &'static str,
    /// Its content type.
    pub content_type: &'n str,
}

/// Renders a template with a body. What it overrides is what the next template finds.
pub(super) fn render(
    template: &BodyTemplate,
    named: Named<'_>,
    reading: &mut Reading,
    body: &str,
) -> Result<Rendered, Box<Refusal>> {
    let failed = |reason, place: Place, problem: String| {
        let told = TemplateFailed {
            template: named.side.into(),
            content_type: Cow::Borrowed(named.content_type),
            line: place.line,
            column: place.column,
            problem: problem.into(),
        };
        // That the type of the answer is this one is unverified; that it is 500 is recorded.
        Refusal::failed(reason, ResponseType::ApiConfigurationError, &told)
    };
    let parsed = template.0.as_ref().map_err(|error| {
        failed(
            Reason::TemplateMalformed,
            error.place,
            error.problem.to_string(),
        )
    })?;
    let rendered = parsed.render(&reading.scope(body)).map_err(|error| {
        failed(
            Reason::TemplateFailed,
            error.place,
            error.problem.to_string(),
        )
    })?;
    for (name, value) in &rendered.overrides.context {
        reading.context.insert(name.clone(), value.clone());
    }
    Ok(rendered)
}
