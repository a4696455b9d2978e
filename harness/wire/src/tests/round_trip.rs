//! The two sides of the models are inverse: for every operation of every service in every protocol,
//! what the client side writes the server side reads as the same value, and the other way round.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::Response;
use jiff::Timestamp;

use crate::model::{Kind, Location, Member, Shape, TimestampFormat};
use crate::request::{Outgoing, answer, request, unchecked_request};
use crate::{
    Incoming, Model, Models, Operation, Protocol, Routed, Value, WireError, decode, encode_error,
    route, try_encode,
};

/// How many inputs and outputs each operation is tried with.
const ROUNDS: u64 = 6;

/// How deep a generated value is; below only what is required stands, as far as it ends.
const DEPTH: usize = 5;

/// Texts that a protocol might spoil: separators, escapes, blanks, other scripts.
const TEXTS: [&str; 8] = [
    "plain",
    "a b+c",
    "50%25 & more=less?",
    "<tag attribute=\"x\"> 'quoted' </tag>",
    "line one\nline two\ttab",
    "\u{e9}\u{4e16}\u{1f511}",
    "{\"Statement\":[{\"Effect\":\"Allow\"}]}",
    " outer blanks ",
];

/// Texts that a label, a query or a header can hold too.
const TOKENS: [&str; 4] = ["one", "two-2", "under_score", "dots.and~tildes"];

/// Generated values of a shape, the same in each run.
struct Generator {
    state: u64,
    protocol: Protocol,
    service: &'static Model,
}

impl Generator {
    fn new(operation: &Operation, protocol: Protocol, round: u64) -> Self {
        let name = operation.name.bytes().chain(operation.service.name.bytes());
        let state = name.fold(round + 1, |hash, byte| {
            hash.wrapping_mul(0x0100_0000_01b3) ^ u64::from(byte)
        });
        Self {
            state,
            protocol,
            service: operation.service,
        }
    }

    /// A number below `bound` (a linear congruential generator, its upper half).
    fn below(&mut self, bound: usize) -> usize {
        self.state = self
            .state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.state >> 33).unwrap() % bound
    }

    fn pick<T: Copy>(&mut self, choices: &[T]) -> T {
        choices[self.below(choices.len())]
    }

    /// A structure: all that is required and, if there is room below, half of the rest.
    fn structure(&mut self, members: &[Member], depth: usize) -> Value {
        let mut made = BTreeMap::new();
        for member in members {
            if !member.is_required && (depth == 0 || self.below(2) == 0) {
                continue;
            }
            let value = self.member(member, depth.saturating_sub(1));
            made.insert(member.name.to_owned(), value);
        }
        Value::Map(made)
    }

    fn member(&mut self, member: &Member, depth: usize) -> Value {
        let shape = self.service.shape(member.shape);
        let is_elsewhere = self.protocol == Protocol::RestJson && member.location != Location::Body;
        if let Some(value) = member.values.first() {
            return Value::from(value.as_str());
        }
        match (&shape.kind, member.location) {
            (_, Location::StatusCode) => Value::Integer(200),
            (Kind::Timestamp { format }, _) => {
                let header = is_elsewhere && member.location == Location::Header;
                let default = header.then_some(TimestampFormat::Rfc822);
                self.timestamp(format.or(member.timestamp_format).or(default))
            }
            // One that is flattened and empty is an absent one in XML.
            (Kind::List { .. } | Kind::Map { .. }, _) => self.value(
                shape,
                depth,
                is_elsewhere,
                !member.is_flattened && !is_elsewhere,
            ),
            _ => self.value(shape, depth, is_elsewhere, true),
        }
    }

    fn value(&mut self, shape: &Shape, depth: usize, is_token: bool, may_be_empty: bool) -> Value {
        let service = self.service;
        let count = match (may_be_empty, depth) {
            (true, 0) => 0,
            (true, _) => self.below(4),
            (false, _) => 1 + self.below(3),
        };
        match &shape.kind {
            Kind::Structure { members, .. } => self.structure(members, depth),
            Kind::List { element, .. } => {
                let element = service.shape(*element);
                let below = depth.saturating_sub(1);
                let parts = (0..count).map(|_| self.value(element, below, is_token, true));
                Value::List(parts.collect())
            }
            Kind::Map { key, value, .. } => {
                let (key, of) = (service.shape(*key), service.shape(*value));
                let mut entries = BTreeMap::new();
                for number in 0..count {
                    let name = match key.bounds.values.get(number) {
                        Some(value) => value.clone(),
                        None => format!("{}{number}", self.text(is_token).trim()),
                    };
                    let below = depth.saturating_sub(1);
                    entries.insert(name, self.value(of, below, is_token, true));
                }
                Value::Map(entries)
            }
            Kind::String => match shape.bounds.values.len() {
                0 => Value::from(self.text(is_token)),
                count => Value::from(shape.bounds.values[self.below(count)].as_str()),
            },
            Kind::Boolean => Value::Bool(self.below(2) == 0),
            Kind::Integer => Value::Integer(self.pick(&[0, 1, -7, i32::MAX.into()])),
            Kind::Long => Value::Integer(self.pick(&[0, 1_795_176_000_123, i64::MIN])),
            Kind::Float => Value::Float(self.pick(&[0.0, 1.0, -2.5, 1e300])),
            Kind::Blob => Value::Blob(Bytes::from_static(self.pick(&[
                b"\x00\x9f\x92\x96",
                b"text",
                b"?",
            ]))),
            Kind::Timestamp { format } => self.timestamp(*format),
            Kind::Document => Value::Map(BTreeMap::from([(
                "any".to_owned(),
                Value::List(vec![Value::Integer(1), Value::from("two")]),
            )])),
        }
    }

    fn text(&mut self, is_token: bool) -> &'static str {
        match is_token {
            true => self.pick(&TOKENS),
            false => self.pick(&TEXTS),
        }
    }

    fn timestamp(&mut self, format: Option<TimestampFormat>) -> Value {
        let seconds = self.pick(&[0, 1_795_176_000, -86_400]);
        // RFC 7231 has no fractions.
        let millis = match format {
            Some(TimestampFormat::Rfc822) => 0,
            _ => self.pick(&[0, 250]),
        };
        Value::Timestamp(Timestamp::from_millisecond(seconds * 1000 + millis).unwrap())
    }
}

/// Every operation in every protocol of its service.
fn calls() -> impl Iterator<Item = Routed> {
    let services = Models::names().filter_map(Models::service);
    services.flat_map(|service| {
        let operations = service
            .operation_names()
            .filter_map(|name| service.operation(name));
        operations.flat_map(|operation| {
            let protocols = service.protocols.iter();
            protocols.map(move |protocol| Routed {
                operation,
                protocol: *protocol,
            })
        })
    })
}

fn incoming(request: &Outgoing) -> Incoming<'_> {
    Incoming {
        method: &request.method,
        path: &request.path,
        query: &request.query,
        headers: &request.headers,
        body: &request.body,
    }
}

#[test]
fn what_a_client_sends_is_read_as_the_same_input() {
    let mut count = 0_u32;
    for call in calls() {
        let operation = call.operation;
        for round in 0..ROUNDS {
            let mut generator = Generator::new(operation, call.protocol, round);
            let depth = if round == 0 { 0 } else { DEPTH };
            let input = match operation.input_shape() {
                Some(shape) => generator.structure(shape.members(), depth),
                None => Value::empty(),
            };
            let what = || {
                format!(
                    "{:?} {} {}",
                    call.protocol, operation.service.name, operation.name
                )
            };
            let sent = request(&call, &input).unwrap_or_else(|error| panic!("{}: {error}", what()));
            let routed = route(operation.service, &incoming(&sent));
            assert_eq!(routed, Ok(call), "{}: {}", what(), sent.target());
            let read = decode(&call, &incoming(&sent));
            let read = read.unwrap_or_else(|error| panic!("{}: {error}", what()));
            assert_eq!(read, input, "{}: {:?}", what(), sent);
            // The check changes nothing about what is sent.
            let unchecked = unchecked_request(&call, &input).unwrap();
            assert_eq!(unchecked.body, sent.body, "{}", what());
            count += 1;
        }
    }
    assert!(count > 5_000, "{count}");
}

#[test]
fn what_a_service_answers_is_read_as_the_same_output() {
    for call in calls() {
        let operation = call.operation;
        for round in 0..ROUNDS {
            let mut generator = Generator::new(operation, call.protocol, round);
            let depth = if round == 0 { 0 } else { DEPTH };
            let output = match operation.output_shape() {
                Some(shape) => generator.structure(shape.members(), depth),
                None => Value::empty(),
            };
            let what = || {
                format!(
                    "{:?} {} {}",
                    call.protocol, operation.service.name, operation.name
                )
            };
            let sent = try_encode(&call, "request-1", &output).unwrap();
            let mut output = output;
            if let (Some(shape), Value::Map(members)) = (operation.output_shape(), &mut output) {
                let status = shape
                    .members()
                    .iter()
                    .filter(|member| member.location == Location::StatusCode);
                // The status is there whether the output states it or not.
                for member in status {
                    let status = Value::Integer(sent.status().as_u16().into());
                    members.insert(member.name.to_owned(), status);
                }
                // So is the media type of a body, where that is a member.
                for member in shape.members() {
                    if let (Location::Header, "Content-Type") = (member.location, member.wire_name)
                    {
                        let stated = sent.headers()["content-type"].to_str().unwrap();
                        let stated = Value::from(stated);
                        members.entry(member.name.to_owned()).or_insert(stated);
                    }
                }
            }
            let read = answer(&call, &sent).unwrap_or_else(|error| panic!("{}: {error}", what()));
            assert_eq!(read.request_id.as_deref(), Some("request-1"));
            assert_eq!(read.result, Ok(output), "{}: {:?}", what(), sent);
        }
    }
}

#[test]
fn what_a_service_refuses_is_read_as_the_same_error() {
    for call in calls() {
        let operation = call.operation;
        let service = operation.service;
        for (round, shape) in operation
            .errors
            .iter()
            .map(|id| service.shape(*id))
            .enumerate()
        {
            let mut generator = Generator::new(operation, call.protocol, round as u64);
            let mut fields = BTreeMap::new();
            for member in shape.members() {
                let value = match member.wire_name.to_ascii_lowercase().as_str() {
                    // What the envelope says by itself.
                    "message" | "type" | "code" => continue,
                    "x-amzn-errortype" => Value::from(shape.name),
                    _ => generator.member(member, DEPTH),
                };
                fields.insert(member.name.to_owned(), value);
            }
            let facts = shape.error.unwrap();
            let mut error = WireError::new(facts.status, shape.name, "because of <this> & that");
            error.fields = fields;
            let sent = encode_error(Some(service), call.protocol, "request-2", &error);
            let read = answer(&call, &sent).unwrap();
            let refusal = read.result.unwrap_err();
            let what = format!(
                "{:?} {} {}: {sent:?}",
                call.protocol, service.name, shape.name
            );
            let is_old = call.protocol == Protocol::Query || service.is_query_compatible;
            let code = if is_old { facts.code } else { shape.name };
            assert_eq!(refusal.code, code, "{what}");
            assert_eq!(refusal.message, error.message, "{what}");
            assert_eq!(read.status, facts.status, "{what}");
            assert_eq!(refusal.members, Value::Map(error.fields), "{what}");
        }
    }
}

#[test]
fn an_answer_that_is_none_of_aws_is_told_by_its_status() {
    for name in ["sts", "secretsmanager", "apigatewayv2", "cloudwatch"] {
        let service = Models::service(name).unwrap();
        let operation = service.operation_names().next().unwrap();
        let call = Routed {
            operation: service.operation(operation).unwrap(),
            protocol: service.protocol(),
        };
        let mut response = Response::new(Bytes::from_static(b"no such host"));
        *response.status_mut() = http::StatusCode::MISDIRECTED_REQUEST;
        let refusal = answer(&call, &response).unwrap().result.unwrap_err();
        assert_eq!(refusal.code, "421", "{name}");
        assert_eq!(refusal.message, "no such host", "{name}");
        // A success that is no output is no success.
        *response.status_mut() = http::StatusCode::OK;
        let error = answer(&call, &response).unwrap_err().to_string();
        assert!(error.contains(&format!("{name}:{operation}")), "{error}");
    }
}
