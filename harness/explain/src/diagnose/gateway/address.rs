//! APIs, stages and routes that are not there: the nearest that are.

use authlab_gateway::evidence::{Reason, Route};
use authlab_gateway::route::RouteKey;
use authlab_kernel::Component;
use authlab_kernel::near::distance;

use super::super::entry::Entry;
use super::super::finding::{Certainty, Finding, Mender};
use super::super::words;
use super::told::{class, request};
use crate::case::Case;
use crate::told::Told;

/// How much of a path is compared with routes, in characters.
const COMPARED_CHARACTERS_MAX: usize = 256;

/// The stage that is served at the root of an API's host.
const ROOT: &str = "$default";

pub(super) const PREFLIGHT_UNANSWERED: Entry = class(
    "preflight-unanswered",
    Mender::Owner,
    "a browser asked for leave, and the API does not answer browsers",
    |case| {
        let missing = NoRoute::of(case)?;
        let asked = request(case)?.preflight_for?;
        Some(Finding::certain(
            format!(
                "the browser's OPTIONS {} asks whether it may send {asked}; the API has neither a CORS \
                 configuration nor a route that takes OPTIONS, so the answer is 404",
                missing.path
            ),
            "give the API a CORS configuration (`CorsConfiguration` with the page's origin and the method), \
             or a route `OPTIONS /{proxy+}`",
        ))
    },
);

pub(super) const OTHER_REGION: Entry = class(
    "api-in-other-region",
    Mender::Caller,
    "the API is in another Region than the host says",
    |case| {
        let nowhere = Nowhere::of(case)?;
        let (region, is_in) = (nowhere.region?, nowhere.api_region?);
        Some(Finding::certain(
            format!(
                "the host names the Region `{region}`, the API `{}` is in `{is_in}`",
                nowhere.api
            ),
            format!("call `{}.execute-api.{is_in}.amazonaws.com`", nowhere.api),
        ))
    },
);

pub(super) const UNDEPLOYED: Entry = class(
    "api-without-deployment",
    Mender::Owner,
    "the API is there, and runs nothing",
    |case| {
        let nowhere = Nowhere::of(case)?;
        let undeployed = nowhere.undeployed?;
        let api = &nowhere.api;
        let named = nowhere.stage.or_else(|| first_segment(&nowhere.path));
        let is_named = |stage: &&String| Some(stage.as_str()) == named.as_deref() || *stage == ROOT;
        if let Some(stage) = undeployed.iter().find(is_named) {
            return Some(Finding::certain(
                format!("the stage `{stage}` of the API `{api}` has no deployment"),
                format!(
                    "deploy the API to the stage `{stage}` (CreateDeployment), or let it deploy by itself (`AutoDeploy`)"
                ),
            ));
        }
        let runs_nothing = nowhere.stages.is_none();
        runs_nothing.then(|| {
            let stages = words::texts(&undeployed);
            Finding::certain(
                format!("the API `{api}` is there; its stages are {stages}, and none of them runs a deployment"),
                "create a stage, `$default` to be served at the root, and deploy to it",
            )
        })
    },
);

pub(super) const MISNAMED: Entry = class(
    "api-misnamed",
    Mender::Caller,
    "the address names no API, and there is one that is nearly called so",
    |case| {
        let nowhere = Nowhere::of(case)?;
        let meant = nowhere.meant?;
        Some(
            Finding::certain(
                format!("the address names the API `{}`; there is `{meant}`, of that name or nearly of that id", nowhere.api),
                format!("address the API by its id, `{meant}`: its name is no part of an address"),
            )
            .with_doubt(Certainty::Likely, &["the output of the stack, or `GetApis`"]),
        )
    },
);

pub(super) const STAGE_MISSING_IN_PATH: Entry = class(
    "stage-missing-in-path",
    Mender::Caller,
    "the path begins with no stage",
    |case| {
        let nowhere = Nowhere::of(case)?;
        let stage = nowhere.would_take.first()?;
        let path = &nowhere.path;
        let known = words::texts(&nowhere.stages.unwrap_or_default());
        Some(Finding::certain(
            format!(
                "the path `{path}` begins with no stage; the API's stages are {known}, and none is `{ROOT}`"
            ),
            format!("call `/{stage}{path}`"),
        ))
    },
);

pub(super) const STAGE_UNKNOWN: Entry = class(
    "stage-unknown",
    Mender::Caller,
    "the API has no stage of this name",
    |case| {
        let nowhere = Nowhere::of(case)?;
        let stages = nowhere.stages?;
        let named = nowhere.stage.or_else(|| first_segment(&nowhere.path))?;
        let near = |stage: &&String| distance(stage, &named);
        let nearest = stages.iter().min_by_key(near)?;
        Some(Finding::certain(
            format!(
                "the address names the stage `{named}`, the API's stages are {}",
                words::texts(&stages)
            ),
            format!("call the stage `{nearest}`: it is the nearest"),
        ))
    },
);

pub(super) const ENDPOINT_DISABLED: Entry = class(
    "endpoint-disabled",
    Mender::Caller,
    "the API does not answer at its default endpoint",
    |case| {
        let told = case.refused(Component::Gateway, Reason::EndpointDisabled)?;
        let Told::Route(Route::EndpointDisabled { api, .. }) = told else {
            return None;
        };
        let host = request(case).and_then(|request| request.host);
        let host = host.as_deref().map(without_port);
        Some(Finding::certain(
            format!(
                "`DisableExecuteApiEndpoint` of the API `{api}` is true, and the request went to {}",
                words::text(host)
            ),
            "call the API by its custom domain name; where it has none, its owner gives it one, or opens the \
             default endpoint (`DisableExecuteApiEndpoint` = false)",
        ))
    },
);

pub(super) const OTHER_NETWORK: Entry = class(
    "network-other",
    Mender::Caller,
    "the request does not come the way that leads to the API",
    |case| {
        let told = case.refused(Component::Gateway, Reason::EndpointMismatch)?;
        let Told::Route(Route::EndpointMismatch {
            api,
            is_private,
            vpc,
            vpc_endpoint,
        }) = told
        else {
            return None;
        };
        Some(if is_private {
            Finding::certain(
                format!(
                    "the API `{api}` is private, and the request comes through no endpoint of a VPC"
                ),
                "call it from a VPC through an endpoint for `execute-api`; in the lab, say through which by the header \
                 `x-authlab-source-vpce`",
            )
        } else {
            Finding::certain(
                format!(
                    "the request comes through the endpoint {} of the VPC {}, which leads to private APIs only, and \
                     the API `{api}` is none",
                    words::text(vpc_endpoint.as_deref()),
                    words::text(vpc.as_deref())
                ),
                "turn off the private DNS of the endpoint, or call the API by a custom domain name",
            )
        })
    },
);

pub(super) const UNMAPPED: Entry = class(
    "domain-name-unmapped",
    Mender::Caller,
    "no mapping of the custom domain name takes the path",
    |case| {
        let told = case.refused(Component::Gateway, Reason::NoMapping)?;
        let Told::Route(Route::Unmapped {
            domain_name,
            path,
            base_paths,
        }) = told
        else {
            return None;
        };
        let known: Vec<String> = base_paths.iter().map(|path| format!("/{path}")).collect();
        let near = |base: &&String| distance(base, &path);
        let Some(nearest) = known.iter().min_by_key(near) else {
            return Some(Finding::certain(
                format!(
                    "the domain name `{domain_name}` has no mapping, so no path of it leads to an API"
                ),
                "let its owner map an API and a stage to it (CreateBasePathMapping)",
            ));
        };
        Some(Finding::certain(
            format!(
                "the path `{path}` begins with none of the paths that `{domain_name}` maps: {}",
                words::texts(&known)
            ),
            format!(
                "call `{nearest}{path}`; where the path itself is meant, its owner maps it (CreateBasePathMapping)"
            ),
        ))
    },
);

pub(super) const LEFT_OUT: Entry = class(
    "route-left-out-by-import",
    Mender::Owner,
    "the import left an authorizer out, and with it its routes",
    |case| {
        let missing = NoRoute::of(case)?;
        let warning = missing
            .warnings
            .iter()
            .find(|warning| warning.contains("uthorizer"))?;
        Some(
            Finding::certain(
                format!(
                    "no route takes {} {}; the last import warned: {warning}",
                    missing.method, missing.path
                ),
                "let the issuer answer with its discovery document at `/.well-known/openid-configuration` and import the \
                 API again, with `FailOnWarnings` = true: then an import that leaves something out fails",
            )
            .with_doubt(
                Certainty::Likely,
                &["whether the document that was imported has the route"],
            ),
        )
    },
);

pub(super) const STAGE_IN_PATH: Entry = class(
    "stage-in-path",
    Mender::Caller,
    "the path has a segment too many at its beginning",
    |case| {
        let missing = NoRoute::of(case)?;
        let (first, rest) = missing.path.strip_prefix('/')?.split_once('/')?;
        let rest = format!("/{rest}");
        let route = missing.taken(&missing.method, &rest)?;
        let stage = request(case).and_then(|request| request.stage);
        let served = match stage.as_deref() {
            Some(ROOT) | None => format!("the stage is `{ROOT}`, which is served at the root"),
            Some(stage) => format!("the stage `{stage}` has been taken off the path already"),
        };
        let call = match stage.as_deref() {
            Some(ROOT) | None => rest.clone(),
            Some(stage) => format!("/{stage}{rest}"),
        };
        Some(Finding::certain(
            format!(
                "the path begins with `{first}`, and {served}; the route `{route}` would take `{rest}`"
            ),
            format!("call `{call}`"),
        ))
    },
);

pub(super) const OTHER_METHOD: Entry = class(
    "route-of-other-method",
    Mender::Caller,
    "the path is right, and the route takes another method",
    |case| {
        let missing = NoRoute::of(case)?;
        let is_same_path = |route: &&RouteKey| route.would_take(route.method(), &missing.path);
        let routes: Vec<String> = missing
            .keys
            .iter()
            .filter(is_same_path)
            .map(|route| route.as_str().to_owned())
            .collect();
        let first = routes.first()?;
        Some(Finding::certain(
            format!(
                "the request is {} {}; the routes of this path are {}",
                missing.method,
                missing.path,
                words::texts(&routes)
            ),
            format!(
                "call {first}; for {} the API's owner would have to create a route",
                missing.method
            ),
        ))
    },
);

pub(super) const NEAR_ROUTE: Entry = class(
    "route-near",
    Mender::Caller,
    "no route takes the path, and one is near",
    |case| {
        let missing = NoRoute::of(case)?;
        let path: String = missing.path.chars().take(COMPARED_CHARACTERS_MAX).collect();
        let distance_of = |route: &&RouteKey| {
            let other_method =
                usize::from(!["ANY", missing.method.as_str()].contains(&route.method()));
            (distance(&path, route.resource()), other_method)
        };
        let routes = missing.keys.iter().filter(|route| route.resource() != ROOT);
        let nearest = routes.min_by_key(distance_of)?;
        let how = if path.eq_ignore_ascii_case(nearest.resource()) {
            "routes are compared with capitals"
        } else if path.trim_end_matches('/') == nearest.resource().trim_end_matches('/') {
            "a slash at the end makes another path"
        } else {
            "routes are compared segment by segment"
        };
        let found = Finding::certain(
            format!(
                "no route takes {} {path}; the nearest is `{}` ({how})",
                missing.method,
                nearest.as_str()
            ),
            format!(
                "call `{}`; where that is not what is meant, its owner creates a route",
                nearest.as_str()
            ),
        );
        let is_near = distance_of(&nearest).0 * 2 <= path.len();
        Some(if is_near {
            found
        } else {
            found.with_doubt(Certainty::Possible, &["the list of the API's routes"])
        })
    },
);

/// A request that no route takes.
struct NoRoute {
    method: String,
    path: String,
    keys: Vec<RouteKey>,
    warnings: Vec<String>,
}

impl NoRoute {
    fn of(case: &Case<'_>) -> Option<Self> {
        let told = case.refused(Component::Gateway, Reason::NoRoute)?;
        let Told::Route(Route::NoRoute {
            method,
            path,
            routes,
            import_warnings,
        }) = told
        else {
            return None;
        };
        let keys = routes.iter().filter_map(|key| key.parse().ok());
        Some(Self {
            method: method.into_owned(),
            path: path.into_owned(),
            keys: keys.collect(),
            warnings: import_warnings.into_owned(),
        })
    }

    /// The key of a route that takes a path.
    fn taken(&self, method: &str, path: &str) -> Option<&str> {
        let mut routes = self.keys.iter().filter(|route| route.resource() != ROOT);
        routes
            .find(|route| route.would_take(method, path))
            .map(RouteKey::as_str)
    }
}

/// An address that leads nowhere.
struct Nowhere {
    api: String,
    region: Option<String>,
    stage: Option<String>,
    path: String,
    stages: Option<Vec<String>>,
    would_take: Vec<String>,
    undeployed: Option<Vec<String>>,
    api_region: Option<String>,
    meant: Option<String>,
}

impl Nowhere {
    fn of(case: &Case<'_>) -> Option<Self> {
        let mut reasons = [Reason::NoApi, Reason::NoStage].into_iter();
        let told = reasons.find_map(|reason| case.refused(Component::Gateway, reason))?;
        let Told::Route(Route::Nowhere {
            api,
            region,
            stage,
            path,
            stages,
            would_take,
            undeployed,
            api_region,
            meant,
        }) = told
        else {
            return None;
        };
        let owned = |texts: Vec<std::borrow::Cow<'_, str>>| {
            texts
                .into_iter()
                .map(std::borrow::Cow::into_owned)
                .collect::<Vec<_>>()
        };
        Some(Self {
            api: api.into_owned(),
            region: region.map(Into::into),
            stage: stage.map(Into::into),
            path: path.into_owned(),
            stages: stages.map(owned),
            would_take: owned(would_take),
            undeployed: undeployed.map(owned),
            api_region: api_region.map(Into::into),
            meant: meant.map(Into::into),
        })
    }
}

fn first_segment(path: &str) -> Option<String> {
    let first = path.strip_prefix('/')?.split('/').next()?;
    (!first.is_empty()).then(|| first.to_owned())
}

fn without_port(host: &str) -> &str {
    host.split(':').next().unwrap_or(host)
}
