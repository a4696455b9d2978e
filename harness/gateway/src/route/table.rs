//! The routes of an API, found by their paths: a request costs what its own path is long, however many
//! routes there are.

use std::collections::{BTreeMap, HashMap};

use http::Method;

use super::{Parameters, RouteKey, Segment, Shape};
use crate::path::RequestPath;

/// Something that has a route key.
pub trait Keyed {
    /// The key.
    fn key(&self) -> &RouteKey;
}

/// Routes in the order of precedence.
#[derive(Debug)]
pub struct RouteTable<R> {
    routes: Vec<R>,
    root: Node,
    /// Those that take what no other takes.
    default: Vec<usize>,
}

/// A part of a path. Routes stand by their number in the order of precedence.
#[derive(Debug, Default)]
struct Node {
    fixed: HashMap<String, Node>,
    /// By name: two routes may name the same part in two ways.
    variable: BTreeMap<String, Node>,
    /// Those that end here.
    end: Vec<usize>,
    /// Those that take all that follows.
    greedy: Vec<usize>,
}

impl<R: Keyed> RouteTable<R> {
    /// Orders `routes`; keys are taken to differ.
    pub fn new(mut routes: Vec<R>) -> Self {
        routes.sort_by(|left, right| precedence(left.key()).cmp(&precedence(right.key())));
        let (mut root, mut default) = (Node::default(), Vec::new());
        for (number, route) in routes.iter().enumerate() {
            match &route.key().shape {
                Shape::Default => default.push(number),
                Shape::Path { path, .. } => root.add(&path.segments, number),
            }
        }
        Self {
            routes,
            root,
            default,
        }
    }

    /// The routes, first those that come first.
    pub fn iter(&self) -> impl Iterator<Item = &R> {
        self.routes.iter()
    }

    /// The route that takes a request, with its path parameters. `path` is without the stage.
    pub fn find(&self, method: &Method, path: &RequestPath) -> Option<(&R, Parameters)> {
        let parts: Vec<&str> = path.decoded_segments().collect();
        let takes = |number: &usize| {
            let route = self.routes.get(*number)?;
            let variables = route.key().takes(method, path)?;
            Some((route, variables))
        };
        // A full match comes before one by a greedy variable, and that before `$default`.
        let whole = self.root.find(&parts, false, &takes);
        let found = whole.or_else(|| self.root.find(&parts, true, &takes));
        found.or_else(|| self.default.iter().find_map(takes))
    }
}

impl Node {
    fn add(&mut self, segments: &[Segment], number: usize) {
        match segments.split_first() {
            None => self.end.push(number),
            Some((Segment::Fixed(text), rest)) => {
                self.fixed
                    .entry(text.clone())
                    .or_default()
                    .add(rest, number);
            }
            Some((Segment::Variable(name), rest)) => {
                let below = self.variable.entry(name.clone()).or_default();
                below.add(rest, number);
            }
            Some((Segment::Greedy(_), _)) => self.greedy.push(number),
        }
    }

    /// The first that takes a path, in the order of precedence: fixed parts before variables, those before
    /// greedy ones.
    fn find<T>(
        &self,
        parts: &[&str],
        is_greedy: bool,
        takes: &impl Fn(&usize) -> Option<T>,
    ) -> Option<T> {
        let Some((first, rest)) = parts.split_first() else {
            let end = if is_greedy { &[][..] } else { &self.end };
            return end.iter().find_map(takes);
        };
        let fixed = self.fixed.get(*first);
        let below = fixed.into_iter().chain(self.variable.values());
        let mut below = below.filter_map(|node| node.find(rest, is_greedy, takes));
        let found = below.next();
        let greedy = if is_greedy { &self.greedy[..] } else { &[] };
        found.or_else(|| greedy.iter().find_map(takes))
    }
}

/// `$default` last, greedy paths before it; then segment by segment; then methods before `ANY`.
fn precedence(key: &RouteKey) -> (u8, Vec<&Segment>, bool) {
    match &key.shape {
        Shape::Default => (2, Vec::new(), true),
        Shape::Path { method, path } => {
            let greedy = matches!(path.segments.last(), Some(Segment::Greedy(_)));
            (
                u8::from(greedy),
                path.segments.iter().collect(),
                method.is_none(),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Named(RouteKey);

    impl Keyed for Named {
        fn key(&self) -> &RouteKey {
            &self.0
        }
    }

    /// Every path of up to three parts, by every method, over tables of many kinds of routes: what is found
    /// is the first of all in the order of precedence that takes it.
    #[test]
    fn what_is_found_by_its_path_is_the_first_that_takes_it() {
        let parts = ["a", "b", "{x}", "{y}"];
        let mut paths = vec!["/".to_owned(), "/{all+}".to_owned()];
        for first in parts {
            paths.push(format!("/{first}"));
            paths.push(format!("/{first}/{{all+}}"));
            for second in parts {
                paths.push(format!("/{first}/{second}"));
                paths.push(format!("/{first}/{second}/{{rest+}}"));
            }
        }
        let methods = ["GET", "POST", "ANY"];
        let mut keys: Vec<String> = methods
            .iter()
            .flat_map(|method| paths.iter().map(move |path| format!("{method} {path}")))
            .collect();
        keys.push("$default".to_owned());
        let asked = ["a", "b", "c", ""];
        let mut requests = vec!["/".to_owned()];
        for first in ["a", "b", "c"] {
            requests.extend(asked.map(|second| format!("/{first}/{second}")));
            requests.push(format!("/{first}"));
            for second in ["a", "b", "c"] {
                requests.extend(asked.map(|third| format!("/{first}/{second}/{third}")));
            }
        }
        // Which keys a table has: every third, every fifth and so on, from each beginning.
        for step in [1, 2, 3, 5, 7, 11] {
            for from in 0..step {
                let chosen = keys.iter().skip(from).step_by(step);
                let named = chosen.map(|key| Named(key.parse().expect("a key")));
                let table = RouteTable::new(named.collect());
                for (path, method) in requests
                    .iter()
                    .flat_map(|path| [(path, Method::GET), (path, Method::PUT)])
                {
                    let read = RequestPath::read(path).expect("a path");
                    let first = table.iter().find_map(|route| {
                        let variables = route.key().takes(&method, &read)?;
                        Some((route.key().as_str(), variables))
                    });
                    let found = table.find(&method, &read);
                    let found = found.map(|(route, variables)| (route.key().as_str(), variables));
                    assert_eq!(found, first, "{method} {path} of every {step} from {from}");
                }
            }
        }
    }
}
