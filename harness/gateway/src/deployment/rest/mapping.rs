//! What requests and answers are mapped to: parameters one by one, bodies by templates.
//!
//! Sources: API Gateway developer guide, `request-response-data-mappings.html` and
//! `api-gateway-mapping-template-reference.html`.

use std::collections::BTreeMap;

use authlab_vtl::{ParseError, Template};

/// Where a mapped value comes from.
#[derive(Debug)]
pub enum Source {
    /// A parameter of the path, by its name.
    Path(String),
    /// A parameter of the query string; of several values the last.
    Query(String),
    /// Every value of a parameter of the query string, joined by commas.
    Queries(String),
    /// A header; of several values the last.
    Header(String),
    /// Every value of a header, joined by commas.
    Headers(String),
    /// The whole body.
    Body,
    /// What a JSONPath finds in the body: a template that prints it as JSON.
    BodyPath(Box<Template>),
    /// `$context`, by the name behind it.
    Context(String),
    /// A stage variable.
    StageVariable(String),
    /// A text in single quotes.
    Text(String),
}

/// Which message a mapping reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    /// `method.request`: what the client sent.
    Request,
    /// `integration.response`: what the integration answered.
    Response,
}

impl Source {
    /// Reads a mapping expression: `method.request.header.x`, `integration.response.body.a[0]`,
    /// `context.requestId`, `stageVariables.x`, `'text'`. `None` for what is none of these.
    pub fn parse(expression: &str, message: Message) -> Option<Self> {
        let expression = expression.trim();
        let named = |name: &str| (!name.is_empty()).then(|| name.to_owned());
        if let Some(text) = expression.strip_prefix('\'') {
            return Some(Self::Text(text.strip_suffix('\'')?.to_owned()));
        }
        if let Some(name) = expression.strip_prefix("context.") {
            return named(name).map(Self::Context);
        }
        if let Some(name) = expression.strip_prefix("stageVariables.") {
            return named(name).map(Self::StageVariable);
        }
        let prefix = match message {
            Message::Request => "method.request.",
            Message::Response => "integration.response.",
        };
        let inner = expression.strip_prefix(prefix)?;
        if inner == "body" {
            return Some(Self::Body);
        }
        let (place, name) = inner.split_once('.')?;
        match (place, message) {
            ("header", _) => named(name).map(Self::Header),
            ("multivalueheader", _) => named(name).map(Self::Headers),
            ("path", Message::Request) => named(name).map(Self::Path),
            ("querystring", Message::Request) => named(name).map(Self::Query),
            ("multivaluequerystring", Message::Request) => named(name).map(Self::Queries),
            ("body", _) => Self::body_path(name),
            _ => None,
        }
    }

    fn body_path(path: &str) -> Option<Self> {
        // What could end the text that the path stands in is no part of one.
        if path.is_empty() || path.contains(['\'', '"', '#', '$', '\\', '\n']) {
            return None;
        }
        let template = Template::parse(&format!("$input.json('$.{path}')")).ok()?;
        Some(Self::BodyPath(Box::new(template)))
    }
}

/// A parameter of the request to the integration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    /// `integration.request.header.NAME`.
    Header(String),
    /// `integration.request.querystring.NAME`.
    Query(String),
    /// `integration.request.path.NAME`: what stands for `{NAME}` in the integration's address.
    Path(String),
}

impl Target {
    /// Reads the key of a mapping of requests; `None` for what is none.
    pub fn parse(key: &str) -> Option<Self> {
        let (place, name) = key.strip_prefix("integration.request.")?.split_once('.')?;
        if name.is_empty() {
            return None;
        }
        match place {
            "header" => Some(Self::Header(name.to_owned())),
            "querystring" => Some(Self::Query(name.to_owned())),
            "path" => Some(Self::Path(name.to_owned())),
            _ => None,
        }
    }
}

/// A template of a content type, parsed once. One that cannot be read fails where it is used, as on AWS.
#[derive(Debug)]
pub struct BodyTemplate(pub Result<Template, ParseError>);

/// Templates by content type; one without text lets the body pass as it is.
#[derive(Debug, Default)]
pub struct BodyTemplates(BTreeMap<String, Option<BodyTemplate>>);

impl BodyTemplates {
    /// Parses every template.
    pub fn parse<'t>(templates: impl IntoIterator<Item = (&'t str, Option<&'t str>)>) -> Self {
        let parsed = templates.into_iter().map(|(content_type, text)| {
            let text = text.filter(|text| !text.is_empty());
            let template = text.map(|text| BodyTemplate(Template::parse(text)));
            (content_type.to_owned(), template)
        });
        Self(parsed.collect())
    }

    /// Whether there is none at all.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The content types that have a template.
    pub fn content_types(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// That of a media type: the header's own text, else what stands before its parameters, whatever the
    /// case.
    pub fn find(&self, content_type: &str) -> Option<(&str, Option<&BodyTemplate>)> {
        let media_type = media_type(content_type);
        let own = |key: &&String| key.eq_ignore_ascii_case(content_type.trim());
        let bare = |key: &&String| media_type_of(key) == media_type;
        let key = self.0.keys().find(own);
        let key = key.or_else(|| self.0.keys().find(bare))?;
        self.named(key)
    }

    /// The one that stands for all where none fits: that of JSON, else the first.
    pub fn preferred(&self) -> Option<(&str, Option<&BodyTemplate>)> {
        let json = self.find("application/json");
        json.or_else(|| self.named(self.0.keys().next()?))
    }

    fn named(&self, key: &str) -> Option<(&str, Option<&BodyTemplate>)> {
        let (key, template) = self.0.get_key_value(key)?;
        Some((key, template.as_ref()))
    }
}

/// A media type without its parameters, in lower case.
pub(crate) fn media_type(content_type: &str) -> String {
    media_type_of(content_type)
}

fn media_type_of(content_type: &str) -> String {
    let bare = content_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

/// What becomes of a body that no template fits (`passthroughBehavior`).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Passthrough {
    /// It passes.
    #[default]
    WhenNoMatch,
    /// It passes only where there is no template at all.
    WhenNoTemplates,
    /// It is refused.
    Never,
}

/// How a body is turned into another kind (`contentHandling`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ContentHandling {
    /// `CONVERT_TO_BINARY`: text is Base64 of what goes on.
    ToBinary,
    /// `CONVERT_TO_TEXT`: bytes go on as Base64.
    ToText,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_read_or_are_none() {
        use Message::{Request, Response};
        let cases = [
            ("method.request.path.id", Request, "Path(\"id\")"),
            ("method.request.querystring.a.b", Request, "Query(\"a.b\")"),
            (
                "method.request.multivaluequerystring.q",
                Request,
                "Queries(\"q\")",
            ),
            ("method.request.header.X-A", Request, "Header(\"X-A\")"),
            (
                "method.request.multivalueheader.X",
                Request,
                "Headers(\"X\")",
            ),
            ("method.request.body", Request, "Body"),
            (
                "context.identity.sourceIp",
                Request,
                "Context(\"identity.sourceIp\")",
            ),
            ("stageVariables.v", Response, "StageVariable(\"v\")"),
            ("'a'b'", Request, "Text(\"a'b\")"),
            ("''", Response, "Text(\"\")"),
            ("integration.response.header.X", Response, "Header(\"X\")"),
            ("integration.response.body", Response, "Body"),
            ("integration.response.header.X", Request, "-"),
            ("integration.response.path.id", Response, "-"),
            ("method.request.header.X", Response, "-"),
            ("method.request.header.", Request, "-"),
            ("method.request.body.a')$util.x('", Request, "-"),
            ("'open", Request, "-"),
            ("context.", Request, "-"),
            ("text", Request, "-"),
            ("", Request, "-"),
        ];
        for (expression, message, expected) in cases {
            let read = Source::parse(expression, message);
            let shown = read.map_or_else(|| "-".to_owned(), |source| format!("{source:?}"));
            assert_eq!(shown, expected, "{expression}");
        }
        let path = Source::parse("method.request.body.a.b[0]", Request);
        assert!(matches!(path, Some(Source::BodyPath(_))));
        let target = |key: &str| Target::parse(key);
        assert_eq!(
            target("integration.request.header.X"),
            Some(Target::Header("X".to_owned()))
        );
        assert_eq!(target("integration.request.body.X"), None);
        assert_eq!(target("method.response.header.X"), None);
    }

    #[test]
    fn a_template_is_found_by_its_media_type() {
        let templates = BodyTemplates::parse([
            ("application/xml", Some("xml")),
            ("text/plain", None),
            ("application/vnd.a+json", Some("#if")),
        ]);
        let found =
            |content_type: &str| templates.find(content_type).map(|(key, _)| key.to_owned());
        assert_eq!(
            found("Application/XML; charset=utf-8"),
            Some("application/xml".to_owned())
        );
        assert_eq!(found("application/json"), None);
        let (_, null) = templates.find("text/plain").unwrap();
        assert!(null.is_none());
        let (_, broken) = templates.find("application/vnd.a+json").unwrap();
        assert!(broken.unwrap().0.is_err());
        assert_eq!(templates.preferred().unwrap().0, "application/vnd.a+json");
    }
}
