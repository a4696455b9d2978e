//! What is known of the reasons of whoever takes requests or calls others by themselves.

use authlab_http::evidence::Reason;
use authlab_vault::evidence::Reason as VaultReason;

use super::super::finding::Mender::{Caller, Lab, Nobody, Owner};
use super::row::{Row, row};

/// Each reason once.
pub(super) const ROWS: &[Row] = &[
    // Whoever refuses it names it alike.
    row(
        VaultReason::NotImplemented.as_str(),
        "the lab does not simulate this",
        Nobody,
        "leave out what the message names, or run the scenario on a backend that has it",
    ),
    row(
        Reason::BadAnswer.as_str(),
        "the answer to a component's call cannot be read",
        Owner,
        "let what answers at the address send a whole answer, no larger than the component reads",
    ),
    row(
        Reason::BadUrl.as_str(),
        "a component was told an address that cannot be called",
        Owner,
        "give an absolute `http://` address, or a name that the lab file maps",
    ),
    row(
        Reason::NotAllowed.as_str(),
        "a component was told an address outside the lab",
        Lab,
        "let the name lead to loopback in `[names]` of the lab file, or list the host in `outbound.allow`",
    ),
    row(
        Reason::Timeout.as_str(),
        "the answer to a component's call took too long",
        Owner,
        "answer within the component's budget",
    ),
    row(
        Reason::Unreachable.as_str(),
        "nobody answers at the address that a component calls",
        Owner,
        "start what should answer there, or mend the address",
    ),
    row(
        Reason::BodyTimeout.as_str(),
        "the body did not arrive in time",
        Caller,
        "send the body without long pauses",
    ),
    row(
        Reason::BodyTooLarge.as_str(),
        "the body is too large",
        Caller,
        "send 10 MiB or fewer",
    ),
    row(
        Reason::HeadersTooLarge.as_str(),
        "the header section is too large",
        Caller,
        "send 64 KiB of headers or fewer",
    ),
    row(
        Reason::MalformedRequest.as_str(),
        "the request is no HTTP that can be read in one way",
        Caller,
        "send one Host, one length, and a target that agrees with them",
    ),
    row(
        Reason::ForeignHost.as_str(),
        "the Host is no name of the port",
        Lab,
        "call by 127.0.0.1 or localhost, or start the lab with `--allow-host HOST`",
    ),
    row(
        Reason::ForeignOrigin.as_str(),
        "a page of another origin sent the request",
        Lab,
        "start the lab with `--allow-origin ORIGIN` if the page is yours",
    ),
    row(
        Reason::CrossSite.as_str(),
        "a browser sent the request for a page of another site",
        Lab,
        "start the lab with `--allow-origin ORIGIN` if the page is yours, and let it send its Origin",
    ),
];
