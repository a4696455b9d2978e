//! The template that GetModelTemplate makes of a model.
//!
//! Source: AWS CLI reference, `get-model-template`, for the first lines; the values that stand for those
//! of a type, and the form of arrays, are unverified.

use std::fmt::Write as _;

use serde_json::Value as Json;

use crate::apigateway::error::Error;
use crate::apigateway::resource::Api;

/// How deep models and their references are followed.
const DEPTH_MAX: usize = 16;
/// How long a template may be, in bytes (the limit of a mapping template: API Gateway developer guide,
/// `limits.html`).
const BYTES_MAX: usize = 300 * 1024;

/// What every template begins with.
const ROOT: &str = "#set($inputRoot = $input.path('$'))\n";

impl Api {
    /// A template by which a body becomes one of the model.
    ///
    /// # Errors
    /// There is no such model, or its template is too long.
    pub fn model_template(&self, name: &str) -> Result<String, Error> {
        let schema = self.schema(name)?;
        let mut template = ROOT.to_owned();
        self.write(&schema, 0, &mut template)?;
        Ok(template)
    }

    fn schema(&self, name: &str) -> Result<Json, Error> {
        let schema = self.model(name)?.schema.as_deref().unwrap_or_default();
        Ok(serde_json::from_str(schema).unwrap_or_default())
    }

    /// The model that a schema refers to, or itself. A reference ends in `/models/NAME`.
    fn referred(&self, schema: &Json) -> Option<Json> {
        let reference = schema.get("$ref")?.as_str()?;
        let (_, name) = reference.rsplit_once("/models/")?;
        self.schema(name).ok()
    }

    fn write(&self, schema: &Json, depth: usize, template: &mut String) -> Result<(), Error> {
        if template.len() > BYTES_MAX {
            let problem = format!("its template would have more than {BYTES_MAX} bytes");
            return Err(Error::invalid("modelName", problem));
        }
        if depth > DEPTH_MAX {
            template.push_str("{ }");
            return Ok(());
        }
        if let Some(referred) = self.referred(schema) {
            return self.write(&referred, depth + 1, template);
        }
        let properties = schema.get("properties").and_then(Json::as_object);
        let items = schema.get("items").filter(|items| items.is_object());
        match (schema.get("type").and_then(Json::as_str), properties, items) {
            (_, Some(properties), _) if !properties.is_empty() => {
                template.push_str("{\n");
                let indent = "  ".repeat(depth + 1);
                for (number, (name, property)) in properties.iter().enumerate() {
                    let comma = if number == 0 { "" } else { ",\n" };
                    let name = Json::from(name.as_str());
                    let _infallible = write!(template, "{comma}{indent}{name} : ");
                    self.write(property, depth + 1, template)?;
                }
                let _infallible = write!(template, "\n{}}}", "  ".repeat(depth));
            }
            (_, _, Some(items)) => {
                template.push_str(
                    "[\n##TODO: Update this foreach loop to reference array from input json\n\
                     #foreach($elem in $inputRoot)\n",
                );
                self.write(items, depth + 1, template)?;
                template.push_str("\n#if($foreach.hasNext),#end\n#end\n]");
            }
            (Some("string"), ..) => template.push_str("\"foo\""),
            (Some("integer" | "number"), ..) => template.push_str("42"),
            (Some("boolean"), ..) => template.push_str("true"),
            (Some("null"), ..) => template.push_str("null"),
            (Some("array"), ..) => template.push_str("[ ]"),
            _ => template.push_str("{ }"),
        }
        Ok(())
    }
}
