//! A type as JSON schema.

use serde_json::{Map, Value, json};

use super::source::{Content, Enum, Field, Item, Source};

/// Types of other files: as which JSON they are written.
const ELSEWHERE: [(&str, &str); 24] = [
    ("u64", "integer"),
    ("Element", "string"),
    ("String", "string"),
    ("Text", "string"),
    ("str", "string"),
    ("Word", "string"),
    ("IpAddr", "string"),
    ("bool", "boolean"),
    ("f64", "number"),
    ("i64", "integer"),
    ("u16", "integer"),
    ("u32", "integer"),
    ("usize", "integer"),
    ("Sequence", "integer"),
    ("Outcome", "string"),
    ("Layer", "string"),
    ("PrincipalForm", "string"),
    ("Standing", "string"),
    ("ApiKeySource", "string"),
    ("AuthorizationType", "string"),
    ("IntegrationType", "string"),
    ("Forge", "string"),
    ("RotationStep", "string"),
    ("Why", "string"),
];

type Sources = [(&'static str, Source)];

/// The schema of a struct or an enum of `crate_name`.
pub fn of(item: &Item, crate_name: &str, sources: &Sources) -> Value {
    match item {
        Item::Struct(item) => object(&item.about, &item.fields, crate_name, sources),
        Item::Enum(item) if is_written_as_text(item) => {
            json!({"description": item.about, "type": "string"})
        }
        Item::Enum(item) => {
            let variants = item.variants.iter().map(|variant| match &variant.content {
                Content::Nothing => {
                    json!({"description": variant.about, "const": name(item, &variant.name, &variant.attributes)})
                }
                Content::One(of) => {
                    let shape = value(of, crate_name, sources);
                    if item.attributes.contains("untagged") {
                        shape
                    } else if let Some(tag) = tag(item) {
                        let name = name(item, &variant.name, &variant.attributes);
                        json!({"description": variant.about, "allOf": [shape, {
                            "properties": {tag: {"const": name}}, "required": [tag],
                        }]})
                    } else {
                        let name = name(item, &variant.name, &variant.attributes);
                        json!({
                            "description": variant.about, "type": "object",
                            "properties": {name.clone(): shape}, "required": [name],
                        })
                    }
                }
                Content::Fields(fields) => object(&variant.about, fields, crate_name, sources),
            });
            json!({"description": item.about, "anyOf": variants.collect::<Vec<_>>()})
        }
    }
}

/// One that gives itself a text of its own.
fn is_written_as_text(item: &Enum) -> bool {
    item.attributes.contains("into = \"String\"")
}

/// The member that names the variant, where it stands among those of the content.
fn tag(item: &Enum) -> Option<&str> {
    let (_, tag) = item.attributes.split_once("tag = \"")?;
    tag.split('"').next()
}

/// As what a variant is written.
fn name(item: &Enum, name: &str, attributes: &str) -> String {
    if let Some((_, renamed)) = attributes.split_once("rename = \"") {
        return renamed.split('"').next().unwrap_or_default().to_owned();
    }
    if item.attributes.contains("lowercase") {
        return name.to_lowercase();
    }
    if item.attributes.contains("snake_case") {
        return snake_case(name);
    }
    if item.attributes.contains("kebab-case") {
        return snake_case(name).replace('_', "-");
    }
    assert!(
        !item.attributes.contains("rename_all"),
        "say in `shape.rs` how `{name}` is written"
    );
    name.to_owned()
}

fn snake_case(name: &str) -> String {
    let mut snake = String::new();
    for character in name.chars() {
        if character.is_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.extend(character.to_lowercase());
    }
    snake
}

fn object(about: &str, fields: &[Field], crate_name: &str, sources: &Sources) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    let mut more = Vec::new();
    for field in fields {
        if field.is_flat() {
            // Its members are those of the struct; all of them or none where it is optional.
            let optional = field.of.strip_prefix("Option<");
            let of = optional.and_then(|of| of.strip_suffix('>'));
            let shape = value(of.unwrap_or(&field.of), crate_name, sources);
            more.push(match of {
                Some(_) => json!({"anyOf": [shape, {}]}),
                None => shape,
            });
            continue;
        }
        let mut shape = value(&field.of, crate_name, sources);
        if let Some(members) = shape.as_object_mut() {
            members.insert("description".to_owned(), json!(field.about));
        }
        if !field.attributes.contains("default") {
            required.push(field.name.clone());
        }
        properties.insert(field.name.clone(), shape);
    }
    let mut object = json!({"description": about, "type": "object", "properties": properties});
    if !required.is_empty() {
        object["required"] = json!(required);
    }
    if !more.is_empty() {
        object["allOf"] = json!(more);
    }
    object
}

fn value(of: &str, crate_name: &str, sources: &Sources) -> Value {
    let of = of.trim().trim_end_matches(',');
    let inner = |wrapper: &str| {
        let rest = of.strip_prefix(wrapper)?.strip_prefix('<')?;
        rest.strip_suffix('>')
    };
    if let Some(of) = inner("Option") {
        let shape = value(of, crate_name, sources);
        let is_anything = shape.as_object().is_some_and(Map::is_empty);
        return if is_anything {
            shape
        } else {
            json!({"anyOf": [shape, {"type": "null"}]})
        };
    }
    if let Some(of) = inner("Vec") {
        return json!({"type": "array", "items": value(of, crate_name, sources)});
    }
    if let Some(of) = inner("Box").or_else(|| inner("Arc")) {
        return value(of, crate_name, sources);
    }
    if let Some(of) = inner("Cow") {
        return value(of.trim_start_matches("'a,"), crate_name, sources);
    }
    if let Some(of) = of.strip_prefix('[').and_then(|of| of.strip_suffix(']')) {
        return json!({"type": "array", "items": value(of, crate_name, sources)});
    }
    if inner("BTreeMap").is_some() {
        return json!({"type": "object"});
    }
    let bare = of.split('<').next().unwrap_or(of);
    let path: Vec<&str> = bare.split("::").collect();
    let name = path[path.len() - 1];
    match name {
        "Value" | "Detail" => return json!({}),
        "Timestamp" => return json!({"type": "string", "format": "date-time"}),
        _ => {}
    }
    let has = |source: &Source| source.items.iter().any(|item| item.name() == name);
    // One of the same crate, unless a path says that it is the policies'.
    let is_of_policies = path.len() > 1 && path[0] == "evidence";
    let own = sources
        .iter()
        .filter(|(other, _)| *other == crate_name && !is_of_policies);
    let below = |lower: &'static str| sources.iter().filter(move |(other, _)| *other == lower);
    let found = own
        .chain(below("policy"))
        .chain(below("wire"))
        .chain(below("token"))
        .chain(below("kernel"));
    let mut found = found
        .filter(|(other, _)| *other != "kernel" || name != "Outcome" || crate_name == "kernel");
    if let Some((other, _)) = found.find(|(_, source)| has(source)) {
        return json!({"$ref": format!("#/$defs/{other}.{name}")});
    }
    let known = ELSEWHERE.iter().find(|(known, _)| *known == name);
    let (_, json_type) =
        known.unwrap_or_else(|| panic!("say in `shape.rs` as which JSON `{of}` is written"));
    json!({"type": json_type})
}
