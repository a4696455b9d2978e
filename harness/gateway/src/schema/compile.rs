//! From documents that refer to each other to nodes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::node::{Additional, Bound, Dependency, Items, Node, NodeId, Pattern, Type};
use super::{SchemaError, pattern};

/// What follows the API's id in the URL of a model.
const MODELS: &str = "/models/";
/// What the URL of a model begins with.
const APIS: &str = "https://apigateway.amazonaws.com/restapis/";

/// Makes nodes of models.
pub(super) struct Compiler<'m> {
    models: &'m BTreeMap<String, Value>,
    nodes: Vec<Node>,
    /// What was referred to: by model and pointer.
    places: BTreeMap<(String, String), NodeId>,
    /// What was referred to and is no node yet.
    waiting: Vec<(NodeId, String, &'m Value)>,
}

impl<'m> Compiler<'m> {
    pub(super) fn new(models: &'m BTreeMap<String, Value>) -> Self {
        Self {
            models,
            nodes: Vec::new(),
            places: BTreeMap::new(),
            waiting: Vec::new(),
        }
    }

    pub(super) fn nodes(self) -> Vec<Node> {
        self.nodes
    }

    /// Where a model begins. What it refers to is compiled as well; what of that is no schema refuses it.
    pub(super) fn model(&mut self, name: &str) -> Result<NodeId, SchemaError> {
        let known = self.nodes.len();
        let root = self.refer(name, "", name).and_then(|root| {
            while let Some((id, model, schema)) = self.waiting.pop() {
                let node = self.node(&model, schema)?;
                if let Some(place) = self.nodes.get_mut(id) {
                    *place = node;
                }
            }
            Ok(root)
        });
        if root.is_err() {
            // What was begun may not be taken for something by another model.
            self.waiting.clear();
            self.places.retain(|_, id| *id < known);
        }
        root
    }

    /// The node at a pointer into a model.
    fn refer(&mut self, model: &str, pointer: &str, as_said: &str) -> Result<NodeId, SchemaError> {
        let place = (model.to_owned(), pointer.to_owned());
        if let Some(id) = self.places.get(&place) {
            return Ok(*id);
        }
        let models = self.models;
        let schema = models.get(model).and_then(|whole| whole.pointer(pointer));
        let schema = schema.ok_or_else(|| SchemaError::Reference(as_said.to_owned()))?;
        let id = self.nodes.len();
        self.nodes.push(Node::default());
        self.places.insert(place, id);
        self.waiting.push((id, model.to_owned(), schema));
        Ok(id)
    }

    /// What `$ref` means in a model: a place in it (`#/definitions/a`), a model of the API by its URL, or by
    /// its name alone, as documents of OpenAPI have it.
    fn reference(&mut self, model: &str, given: &str) -> Result<NodeId, SchemaError> {
        let (document, pointer) = given.split_once('#').unwrap_or((given, ""));
        let url = document.strip_prefix(APIS);
        let named = url.and_then(|rest| rest.split_once(MODELS));
        let target = match named {
            Some((_, name)) => name,
            None if document.is_empty() => model,
            None => document,
        };
        if document.is_empty()
            && self
                .models
                .get(model)
                .is_some_and(|own| own.pointer(pointer).is_none())
        {
            let schemas = ["/definitions/", "/components/schemas/"];
            let name = schemas.iter().find_map(|start| pointer.strip_prefix(start));
            return self.refer(name.unwrap_or_default(), "", given);
        }
        self.refer(target, pointer, given)
    }

    fn child(&mut self, model: &str, schema: &'m Value) -> Result<NodeId, SchemaError> {
        let node = self.node(model, schema)?;
        self.nodes.push(node);
        Ok(self.nodes.len() - 1)
    }

    fn node(&mut self, model: &str, schema: &'m Value) -> Result<Node, SchemaError> {
        let Value::Object(members) = schema else {
            return Err(wrong("schema", schema));
        };
        if let Some(given) = members.get("$ref") {
            let given = given.as_str().ok_or_else(|| wrong("$ref", given))?;
            return Ok(Node {
                reference: Some(self.reference(model, given)?),
                ..Node::default()
            });
        }
        let of = Members(members);
        let mut node = Node {
            types: of.types()?,
            values: of.list("enum")?.map(<[Value]>::to_vec),
            multiple_of: of.number("multipleOf")?,
            minimum: of.bound("minimum", "exclusiveMinimum")?,
            maximum: of.bound("maximum", "exclusiveMaximum")?,
            length_min: of.count("minLength")?,
            length_max: of.count("maxLength")?,
            pattern: of.pattern()?,
            items_min: of.count("minItems")?,
            items_max: of.count("maxItems")?,
            unique_items: of.flag("uniqueItems")?,
            required: of.names("required")?,
            properties_min: of.count("minProperties")?,
            properties_max: of.count("maxProperties")?,
            ..Node::default()
        };
        self.parts(model, &of, &mut node)?;
        Ok(node)
    }

    /// The schemas within a schema.
    fn parts(&mut self, model: &str, of: &Members<'m>, node: &mut Node) -> Result<(), SchemaError> {
        node.items = match of.0.get("items") {
            None => Items::Any,
            Some(Value::Array(places)) => Items::ByPlace(self.children(model, places)?),
            Some(each) => Items::Each(self.child(model, each)?),
        };
        node.additional_items = self.additional(model, of, "additionalItems")?;
        node.additional_properties = self.additional(model, of, "additionalProperties")?;
        for (name, schema) in of.map("properties")? {
            let id = self.child(model, schema)?;
            node.properties.insert(name.clone(), id);
        }
        for (text, schema) in of.map("patternProperties")? {
            let id = self.child(model, schema)?;
            node.pattern_properties.push((compiled(text)?, id));
        }
        for (name, given) in of.map("dependencies")? {
            let dependency = match given {
                Value::Array(names) => Dependency::Properties(texts("dependencies", names)?),
                schema => Dependency::Schema(self.child(model, schema)?),
            };
            node.dependencies.insert(name.clone(), dependency);
        }
        let mut combined = |keyword| match of.list(keyword)? {
            Some(schemas) => self.children(model, schemas),
            None => Ok(Vec::new()),
        };
        node.all_of = combined("allOf")?;
        node.any_of = combined("anyOf")?;
        node.one_of = combined("oneOf")?;
        if let Some(schema) = of.0.get("not") {
            node.not = Some(self.child(model, schema)?);
        }
        Ok(())
    }

    fn children(&mut self, model: &str, all: &'m [Value]) -> Result<Vec<NodeId>, SchemaError> {
        all.iter().map(|schema| self.child(model, schema)).collect()
    }

    fn additional(
        &mut self,
        model: &str,
        of: &Members<'m>,
        keyword: &'static str,
    ) -> Result<Additional, SchemaError> {
        Ok(match of.0.get(keyword) {
            None | Some(Value::Bool(true)) => Additional::Any,
            Some(Value::Bool(false)) => Additional::Nothing,
            Some(schema) => Additional::Fitting(self.child(model, schema)?),
        })
    }
}

/// The members of a schema.
struct Members<'m>(&'m Map<String, Value>);

impl<'m> Members<'m> {
    /// The value of a keyword, where it has one, read by `read`.
    fn read<T>(
        &self,
        keyword: &'static str,
        read: impl FnOnce(&'m Value) -> Option<T>,
    ) -> Result<Option<T>, SchemaError> {
        let given = self.0.get(keyword);
        given
            .map(|value| read(value).ok_or_else(|| wrong(keyword, value)))
            .transpose()
    }

    fn number(&self, keyword: &'static str) -> Result<Option<f64>, SchemaError> {
        self.read(keyword, Value::as_f64)
    }

    fn count(&self, keyword: &'static str) -> Result<Option<u64>, SchemaError> {
        self.read(keyword, Value::as_u64)
    }

    fn flag(&self, keyword: &'static str) -> Result<bool, SchemaError> {
        Ok(self.read(keyword, Value::as_bool)?.unwrap_or_default())
    }

    fn list(&self, keyword: &'static str) -> Result<Option<&'m [Value]>, SchemaError> {
        self.read(keyword, |value| value.as_array().map(Vec::as_slice))
    }

    fn map(
        &self,
        keyword: &'static str,
    ) -> Result<impl Iterator<Item = (&'m String, &'m Value)> + use<'m>, SchemaError> {
        let found = self.read(keyword, Value::as_object)?;
        Ok(found.into_iter().flatten())
    }

    fn names(&self, keyword: &'static str) -> Result<Vec<String>, SchemaError> {
        texts(keyword, self.list(keyword)?.unwrap_or_default())
    }

    /// In draft 4 a bound is exclusive by a flag beside it.
    fn bound(
        &self,
        keyword: &'static str,
        exclusive: &'static str,
    ) -> Result<Option<Bound>, SchemaError> {
        let is_exclusive = self.flag(exclusive)?;
        let value = self.number(keyword)?;
        Ok(value.map(|value| Bound {
            value,
            is_exclusive,
        }))
    }

    fn pattern(&self) -> Result<Option<Pattern>, SchemaError> {
        let text = self.read("pattern", Value::as_str)?;
        text.map(compiled).transpose()
    }

    fn types(&self) -> Result<Vec<Type>, SchemaError> {
        let Some(given) = self.0.get("type") else {
            return Ok(Vec::new());
        };
        let one = |value: &Value| {
            let mut all = Type::ALL.into_iter();
            let found = all.find(|it| Some(it.as_str()) == value.as_str());
            found.ok_or_else(|| wrong("type", value))
        };
        match given {
            Value::Array(several) => several.iter().map(one).collect(),
            single => Ok(vec![one(single)?]),
        }
    }
}

fn compiled(text: &str) -> Result<Pattern, SchemaError> {
    let regex = pattern::compile(text).ok_or_else(|| SchemaError::Pattern(text.to_owned()))?;
    Ok(Pattern {
        text: text.to_owned(),
        regex,
    })
}

fn texts(keyword: &'static str, values: &[Value]) -> Result<Vec<String>, SchemaError> {
    let texts = values.iter().map(|value| {
        let text = value.as_str().map(str::to_owned);
        text.ok_or_else(|| wrong(keyword, value))
    });
    texts.collect()
}

fn wrong(keyword: &'static str, value: &Value) -> SchemaError {
    SchemaError::Keyword {
        keyword,
        value: value.to_string(),
    }
}
