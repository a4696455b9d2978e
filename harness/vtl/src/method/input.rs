//! `$input`.

use super::Found;
use crate::error::RenderProblem;
use crate::path::Path;
use crate::render::Machine;
use crate::syntax::tree::Call;
use crate::value::Value;

impl Machine<'_> {
    /// A method of `$input`.
    pub(super) fn of_input(&mut self, call: &Call, arguments: &[Value]) -> Found {
        match (call.name.as_str(), arguments) {
            ("json", [path]) => {
                let found = self.at_path(call, path)?;
                let mut json = String::new();
                if matches!(found, Value::Null) {
                    // Nothing is an empty text: recorded of paths that find none.
                    json.push_str("\"\"");
                } else {
                    self.heap.print_json(&found, &mut json, 0)?;
                }
                Ok(Some(self.heap.written(json)))
            }
            ("path", [path]) => self.at_path(call, path).map(Some),
            ("params", []) => self.parameters().map(Some),
            ("params", [name]) => {
                let name = self.shown(name)?;
                self.parameter(&name).map(Some)
            }
            _ => Ok(None),
        }
    }

    /// What is at a path of the body.
    fn at_path(&mut self, call: &Call, path: &Value) -> Result<Value, RenderProblem> {
        let root = self.body()?;
        if let Some(path) = &call.path {
            return path.read(&mut self.heap, &root);
        }
        let text = self.shown(path)?;
        self.heap.look(&text)?;
        Path::parse(&text)?.read(&mut self.heap, &root)
    }
}
