//! Where in a JSON text the elements stand that findings speak of.

use std::collections::BTreeMap;

use serde::Serialize;

use super::finding::Finding;

/// A line and a column, from 1, in characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Place {
    /// The line.
    pub line: usize,
    /// The character of the line.
    pub column: usize,
}

/// As deep as `serde_json` reads.
const DEPTH_MAX: usize = 128;

/// What the parser of JSON says at the end of its messages: `... at line 3 column 7`.
pub(super) fn told(message: &str) -> Option<Place> {
    let (_, rest) = message.rsplit_once(" at line ")?;
    let (line, column) = rest.split_once(" column ")?;
    let column: usize = column.parse().ok()?;
    Some(Place {
        line: line.parse().ok()?,
        column: column.max(1),
    })
}

/// Gives each finding the place of what it speaks of.
pub(super) fn fill(text: &str, findings: &mut [Finding]) {
    let mut scan = Scan {
        bytes: text.as_bytes(),
        text,
        next: 0,
        told: 0,
        place: Place { line: 1, column: 1 },
        found: Found::default(),
    };
    scan.value("", None, 0);
    for finding in findings {
        if finding.place.is_none() {
            finding.place = Some(scan.found.place(&finding.path, finding.value.as_deref()));
        }
    }
}

#[derive(Default)]
struct Found {
    /// By path: where the element's name, or the item of a list, begins.
    elements: BTreeMap<String, Place>,
    /// The texts that stand at a path, alone or in its list.
    texts: BTreeMap<String, Vec<(String, Place)>>,
}

impl Found {
    fn place(&self, path: &str, value: Option<&str>) -> Place {
        // A single statement has no index in the text.
        let single = path.strip_prefix("Statement.");
        let path = single.map_or_else(|| path.to_owned(), |rest| format!("Statement[0].{rest}"));
        let text = value.and_then(|value| {
            let texts = self.texts.get(&path)?;
            texts.iter().find(|(text, _)| text == value)
        });
        if let Some((_, place)) = text {
            return *place;
        }
        let mut rest = path.as_str();
        loop {
            if let Some(place) = self.elements.get(rest) {
                return *place;
            }
            match rest.rfind(['.', '[']) {
                Some(end) => rest = rest.get(..end).unwrap_or_default(),
                None => return Place { line: 1, column: 1 },
            }
        }
    }
}

/// Walks a text that is known to be JSON; stops where it is not.
struct Scan<'t> {
    bytes: &'t [u8],
    text: &'t str,
    next: usize,
    /// The byte that `place` is of.
    told: usize,
    place: Place,
    found: Found,
}

impl Scan<'_> {
    fn peek(&mut self) -> Option<u8> {
        while self
            .bytes
            .get(self.next)
            .is_some_and(u8::is_ascii_whitespace)
        {
            self.next += 1;
        }
        self.bytes.get(self.next).copied()
    }

    fn take(&mut self, wanted: u8) -> Option<()> {
        (self.peek()? == wanted).then(|| self.next += 1)
    }

    /// The place of the next byte; asked for from front to back.
    fn here(&mut self) -> Place {
        for character in self
            .text
            .get(self.told..self.next)
            .unwrap_or_default()
            .chars()
        {
            if character == '\n' {
                self.place.line += 1;
                self.place.column = 1;
            } else {
                self.place.column += 1;
            }
        }
        self.told = self.next;
        self.place
    }

    /// A value at `path`; `list` is the path of the list that it stands in.
    fn value(&mut self, path: &str, list: Option<&str>, depth: usize) -> Option<()> {
        if depth > DEPTH_MAX {
            return None;
        }
        match self.peek()? {
            b'{' => self.object(path, depth),
            b'[' => self.list(path, depth),
            b'"' => {
                let place = self.here();
                let text = self.text()?;
                let texts = self.found.texts.entry(list.unwrap_or(path).to_owned());
                texts.or_default().push((text, place));
                Some(())
            }
            _ => {
                while self
                    .bytes
                    .get(self.next)
                    .is_some_and(|byte| !b",]} \t\r\n".contains(byte))
                {
                    self.next += 1;
                }
                Some(())
            }
        }
    }

    fn object(&mut self, path: &str, depth: usize) -> Option<()> {
        self.take(b'{')?;
        while self.peek()? != b'}' {
            let place = {
                self.peek()?;
                self.here()
            };
            let key = self.text()?;
            self.take(b':')?;
            let mut path = match path {
                "" => key,
                path => format!("{path}.{key}"),
            };
            self.found.elements.insert(path.clone(), place);
            if path == "Statement" && self.peek()? == b'{' {
                path.push_str("[0]");
                let place = self.here();
                self.found.elements.insert(path.clone(), place);
            }
            self.value(&path, None, depth + 1)?;
            if self.peek()? == b',' {
                self.next += 1;
            }
        }
        self.take(b'}')
    }

    fn list(&mut self, path: &str, depth: usize) -> Option<()> {
        self.take(b'[')?;
        let mut index = 0usize;
        while self.peek()? != b']' {
            let item = format!("{path}[{index}]");
            let place = self.here();
            self.found.elements.insert(item.clone(), place);
            self.value(&item, Some(path), depth + 1)?;
            index += 1;
            if self.peek()? == b',' {
                self.next += 1;
            }
        }
        self.take(b']')
    }

    /// A quoted text.
    fn text(&mut self) -> Option<String> {
        self.peek()?;
        let start = self.next;
        self.take(b'"')?;
        loop {
            match self.bytes.get(self.next)? {
                b'\\' => self.next += 2,
                b'"' => break,
                _ => self.next += 1,
            }
        }
        self.next += 1;
        serde_json::from_str(self.text.get(start..self.next)?).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::super::lint_text;
    use crate::document::DocumentKind;

    #[test]
    fn a_finding_stands_where_its_value_does() {
        let listed = "{\n  \"Version\": \"2012-10-17\",\n  \"Statement\": [{\n    \"Effect\": \"Allow\",\n    \"Action\": [\"s3:GetObject\",\n      \"s3:GetObjekt\"],\n    \"Resource\": \"*\"\n  }]\n}";
        let single = "{\"Statement\": {\"Effect\": \"Allow\",\n \"Action\": \"s3:GetObjekt\", \"Resource\": \"*\"}}";
        let wide = "{\"Id\": \"größe\", \"Statement\": {\"Effect\": \"Allow\", \"Action\": \"s3:GetObjekt\", \"Resource\": \"*\"}}";
        let open = "{\"Statement\":\n {";
        let twice = "{\"Version\": \"2012-10-17\",\n \"Version\": \"2012-10-17\"}";
        let alone =
            "{\"Statement\": {\"Effect\": \"allow\",\n \"Action\": \"*\", \"Resource\": \"*\"}}";
        for (text, code, line, column) in [
            (listed, "unknown-action", 6, 7),
            (single, "unknown-action", 2, 12),
            (wide, "unknown-action", 1, 60),
            (open, "json-syntax", 2, 2),
            (twice, "duplicate-element", 2, 10),
            (alone, "refused", 1, 16),
        ] {
            let found = lint_text(DocumentKind::Identity, text);
            let finding = found.iter().find(|finding| finding.code == code);
            let place = finding.and_then(|finding| finding.place);
            let place = place.map(|place| (place.line, place.column));
            assert_eq!(place, Some((line, column)), "{text}: {found:?}");
        }
    }
}
