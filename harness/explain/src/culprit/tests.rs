//! Which of several refusals led to the answer, as a table of courses.

use authlab_aws::evidence as aws;
use authlab_gateway::evidence as gateway;
use authlab_kernel::{Clock, Component, EventDraft, Evidence, Journal, LetThrough};
use authlab_policy::{Layer, Outcome as Verdict, evidence as policy};
use authlab_vault::evidence as vault;

use super::*;

/// What came out of a call's check.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Decided {
    Allowed,
    Refused,
    Audited,
}

/// A journal that is written a request at a time.
struct Written {
    journal: Journal,
}

impl Written {
    fn new() -> Self {
        let clock = Clock::standing("2026-01-01T00:00:00Z".parse().unwrap());
        Self {
            journal: Journal::new(clock),
        }
    }

    fn put(&self, draft: EventDraft, id: &str, cause: Sequence) -> Sequence {
        let cause = Some(cause).filter(|cause| *cause > 0);
        self.journal.record(draft.request_id(id).cause(cause))
    }

    fn gateway_request(&self) -> Sequence {
        let request = gateway::Request {
            api: "a1".into(),
            stage: Some("$default".into()),
            method: "GET".into(),
            path: "/".into(),
            host: None,
            source_ip: [127, 0, 0, 1].into(),
            path_as_sent: None,
            preflight_for: None,
        };
        self.put(EventDraft::of(Component::Gateway, &request), "g", 0)
    }

    fn gateway_response(&self, status: u16, cause: Sequence) -> Sequence {
        let response = gateway::Response { status, bytes: 0 };
        self.put(EventDraft::of(Component::Gateway, &response), "g", cause)
    }

    fn invoke(&self, cause: Sequence) -> Sequence {
        let draft = EventDraft::new(Component::Lambda, aws::Invoke::KIND).allowed();
        self.put(draft, "l", cause)
    }

    fn returned(&self, cause: Sequence) -> Sequence {
        let done = aws::Return {
            function: "f".to_owned(),
            duration_ms: 1,
            log: "written".to_owned(),
            error_type: None,
            error_message: None,
        };
        self.put(EventDraft::of(Component::Lambda, &done), "l", cause)
    }

    fn vault(&self, id: &str, refused: Option<vault::Reason>, cause: Sequence) -> Sequence {
        let request = vault::Request {
            method: "read".to_owned(),
            path: "secret/a".to_owned(),
            ..vault::Request::default()
        };
        let draft = EventDraft::of(Component::Vault, &request);
        let draft = match refused {
            Some(reason) => draft.refused(reason),
            None => draft.allowed(),
        };
        self.put(draft, id, cause)
    }

    /// A call of IAM's GetRole: the decision's outcome, and the code of the answer.
    fn get_role(
        &self,
        id: &str,
        decided: Decided,
        code: Option<&str>,
        cause: Sequence,
    ) -> Sequence {
        let is_allowed = decided == Decided::Allowed;
        let request = aws::Request {
            service: Some("iam".to_owned()),
            operation: Some("GetRole".to_owned()),
            access_key_id: None,
            principal: None,
            source_ip: "127.0.0.1".to_owned(),
        };
        let first = self.put(EventDraft::of(Component::Aws, &request), id, cause);
        let decision = aws::Decision {
            decision: policy::Decision {
                action: "iam:GetRole".to_owned(),
                resource: "*".to_owned(),
                principal: "ana".to_owned(),
                decision: if is_allowed {
                    Verdict::Allow
                } else {
                    Verdict::ImplicitDeny
                },
                decided_by: policy::DecidedBy::Missing {
                    layer: Layer::Identity,
                    level: None,
                },
                also: Vec::new(),
                further: Vec::new(),
                missing_keys: Vec::new(),
                near_misses: Vec::new(),
                explanation: String::new(),
                trace: None,
            },
            enforcement: (decided == Decided::Audited).then_some(LetThrough::Audit),
            telemetry: None,
        };
        let draft = EventDraft::of(Component::Aws, &decision);
        let draft = if is_allowed {
            draft.allowed()
        } else {
            let layer = Layer::Identity;
            let is_explicit = false;
            draft.refused(aws::Denial { layer, is_explicit })
        };
        let decided = self.put(draft, id, first);
        let answer = aws::Answer {
            status: if code.is_some() { 400 } else { 200 },
            code: code.map(str::to_owned),
            message: None,
            evidence: None,
            ..aws::Answer::default()
        };
        let draft = EventDraft::of(Component::Aws, &answer);
        let draft = match code {
            Some(code) => draft.refused(code.to_ascii_lowercase()),
            None => draft.allowed(),
        };
        self.put(draft, id, decided)
    }

    fn found(&self, request_id: &str) -> (Option<Sequence>, Vec<(Sequence, Part)>) {
        let events = self.journal.chain_of(request_id);
        let events: Vec<Event> = events.iter().map(|event| (**event).clone()).collect();
        let Course {
            culprit, refusals, ..
        } = of(&events, request_id);
        let refusals = refusals.iter().map(|refusal| (refusal.seq, refusal.part));
        (culprit, refusals.collect())
    }
}

#[test]
fn a_refused_decision_is_the_culprit_and_the_answer_its_words() {
    let written = Written::new();
    let answer = written.get_role("r", Decided::Refused, Some("AccessDenied"), 0);
    let decision = answer - 1;
    assert_eq!(
        written.found("r"),
        (
            Some(decision),
            vec![(decision, Part::Culprit), (answer, Part::Follows)]
        )
    );
}

#[test]
fn under_audit_a_refusal_is_let_through_whatever_the_answer_is() {
    let written = Written::new();
    let answered = written.get_role("r", Decided::Audited, None, 0);
    let let_through = vec![(answered - 1, Part::LetThrough)];
    assert_eq!(written.found("r"), (None, let_through));
    // The twin: it went on, and failed for another reason.
    let missing = written.get_role("s", Decided::Audited, Some("NoSuchEntity"), 0);
    let both = vec![(missing - 1, Part::LetThrough), (missing, Part::Culprit)];
    assert_eq!(written.found("s"), (Some(missing), both));
}

#[test]
fn a_refusal_without_a_mark_is_heeded_whatever_code_the_service_has_for_it() {
    let written = Written::new();
    let answer = written.get_role("r", Decided::Refused, Some("InvalidParameterException"), 0);
    let both = vec![(answer - 1, Part::Culprit), (answer, Part::Follows)];
    assert_eq!(written.found("r"), (Some(answer - 1), both));
    // The twin: of several things that were asked for the others were given.
    let answer = written.get_role("s", Decided::Refused, None, 0);
    let let_through = vec![(answer - 1, Part::LetThrough)];
    assert_eq!(written.found("s"), (None, let_through));
}

#[test]
fn a_retry_or_another_way_that_goes_well_copes_with_what_was_refused_before() {
    for (last, status) in [
        (Decided::Allowed, 200),
        (Decided::Audited, 200),
        (Decided::Refused, 500),
    ] {
        let written = Written::new();
        let request = written.gateway_request();
        let invoke = written.invoke(request);
        let first = written.get_role("r-1", Decided::Refused, Some("AccessDenied"), invoke);
        let code = Some("AccessDenied").filter(|_| last == Decided::Refused);
        let second = written.get_role("r-2", last, code, invoke);
        let returned = written.returned(invoke);
        written.gateway_response(status, returned);
        let (culprit, parts) = written.found("g");
        let is_refused = last == Decided::Refused;
        assert_eq!(culprit, is_refused.then_some(second - 1), "{status}");
        assert_eq!(parts[0], (first - 1, Part::CopedWith), "{status}");
        let let_through = parts.contains(&(second - 1, Part::LetThrough));
        assert_eq!(let_through, last == Decided::Audited, "{status}");
    }
}

#[test]
fn what_broke_on_the_way_to_a_refusal_led_to_it_and_before_an_allow_it_was_coped_with() {
    for is_cached in [false, true] {
        let written = Written::new();
        let request = written.gateway_request();
        let hop = EventDraft::new(Component::Gateway, "hop-answer").failed("unreachable");
        let hop = written.put(hop, "g", request);
        if is_cached {
            let believed = EventDraft::new(Component::Gateway, "authentication").allowed();
            written.put(believed, "g", request);
        }
        let reason = gateway::Reason::JwksUnreachable;
        let refused = EventDraft::new(Component::Gateway, "authentication").refused(reason);
        let refused = written.put(refused, "g", request);
        written.gateway_response(401, refused);
        let part = if is_cached {
            Part::CopedWith
        } else {
            Part::LedTo
        };
        let expected = vec![(hop, part), (refused, Part::Culprit)];
        assert_eq!(written.found("g"), (Some(refused), expected), "{is_cached}");
    }
}

#[test]
fn a_function_that_copes_has_no_culprit_and_one_that_gives_up_has_the_last() {
    for (status, culprit) in [(200, false), (403, true)] {
        let written = Written::new();
        let request = written.gateway_request();
        let invoke = written.invoke(request);
        let first = written.vault("v-1", Some(vault::Reason::NotFound), invoke);
        let login = written.vault("v-2", None, invoke);
        let last = written.vault("v-3", Some(vault::Reason::PolicyDenied), login);
        let returned = written.returned(invoke);
        written.gateway_response(status, returned);
        let part = if culprit {
            Part::Culprit
        } else {
            Part::CopedWith
        };
        let expected = (
            culprit.then_some(last),
            vec![(first, Part::CopedWith), (last, part)],
        );
        assert_eq!(written.found("g"), expected, "{status}");
        // What was asked of the request alone that was refused is answered by it.
        assert_eq!(written.found("v-3").0, Some(last), "{status}");
        // The login went well, and how the gateway answered is not in its chain.
        assert_eq!(written.found("v-2").0, Some(last), "{status}");
    }
}

#[test]
fn a_refusal_that_is_passed_on_is_looked_for_where_it_began() {
    let written = Written::new();
    // Vault asks IAM for a principal, is refused, and refuses the login.
    let hop = EventDraft::new(Component::Vault, "hop");
    let hop = written.put(hop, "v", 0);
    let answer = written.get_role("r", Decided::Refused, Some("AccessDenied"), hop);
    let login = written.vault("v", Some(vault::Reason::AwsPrincipalUnresolved), 0);
    let expected = vec![
        (answer - 1, Part::Culprit),
        (answer, Part::Follows),
        (login, Part::Follows),
    ];
    // A login's event stands at its end, and names no cause among its own: the chain has both by its id.
    assert_eq!(written.found("v"), (Some(answer - 1), expected));
}

#[test]
fn what_a_token_is_refused_later_is_no_matter_of_the_login() {
    let written = Written::new();
    let login = written.vault("v-1", None, 0);
    let later = written.vault("v-2", Some(vault::Reason::PolicyDenied), login);
    assert_eq!(written.found("v-1"), (None, vec![(later, Part::Later)]));
    let own = vec![(later, Part::Culprit)];
    assert_eq!(written.found("v-2"), (Some(later), own), "the twin");
}

#[test]
fn what_broke_first_is_the_culprit_where_nobody_refused() {
    let written = Written::new();
    let request = written.gateway_request();
    let hop = EventDraft::new(Component::Gateway, "hop-answer").failed("unreachable");
    let hop = written.put(hop, "g", request);
    let integration = EventDraft::new(Component::Gateway, gateway::Integration::<'_>::KIND);
    let integration = written.put(
        integration.failed(gateway::Reason::IntegrationUnreachable),
        "g",
        hop,
    );
    written.gateway_response(503, integration);
    let expected = vec![(hop, Part::Culprit), (integration, Part::Follows)];
    assert_eq!(written.found("g"), (Some(hop), expected));
}

#[test]
fn scopes_and_rules_of_vault_that_are_let_through_are_no_culprits() {
    let scopes = |enforcement| gateway::Authorization::Scopes {
        scopes_required: vec!["reports/read".to_owned()].into(),
        scopes_present: Vec::new(),
        enforcement,
    };
    // The request went on and well, it met another refusal, and nobody lets it through.
    for (enforcement, status, throttled) in [
        (Some(LetThrough::Audit), 200, false),
        (Some(LetThrough::Audit), 429, true),
        (None, 403, false),
    ] {
        let written = Written::new();
        let request = written.gateway_request();
        let draft = EventDraft::of(Component::Gateway, &scopes(enforcement));
        let draft = draft.refused(gateway::Reason::ScopeMissing);
        let missing = written.put(draft, "g", request);
        let mut last = missing;
        if throttled {
            let empty = EventDraft::new(Component::Gateway, gateway::Throttle::KIND);
            last = written.put(empty.refused(gateway::Reason::Throttled), "g", missing);
        }
        written.gateway_response(status, last);
        let (culprit, parts) = written.found("g");
        let expected = match (enforcement, throttled) {
            (None, _) => Some(missing),
            (_, true) => Some(last),
            (_, false) => None,
        };
        assert_eq!(culprit, expected, "{status}");
        let part = if enforcement.is_some() {
            Part::LetThrough
        } else {
            Part::Culprit
        };
        assert_eq!(parts[0], (missing, part), "{status}");
    }
    for (refused, culprit) in [(None, None), (Some(vault::Reason::NotFound), Some(2))] {
        let written = Written::new();
        let rule = vault::Authorization {
            method: "read".to_owned(),
            path: "secret/a".to_owned(),
            accessor: "a".to_owned(),
            display_name: "token".to_owned(),
            policies: vec!["app".to_owned()],
            decision: None,
            message: Some("permission denied".to_owned()),
            enforcement: LetThrough::Audit,
        };
        let draft = EventDraft::of(Component::Vault, &rule);
        let rule = written.put(draft.refused(vault::Reason::PolicyDenied), "v", 0);
        written.vault("v", refused, rule);
        let (found, parts) = written.found("v");
        assert_eq!(found, culprit, "{refused:?}");
        assert_eq!(parts[0], (rule, Part::LetThrough), "{refused:?}");
    }
}
