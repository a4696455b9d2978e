//! The rules by which the front door and STS decide, apart from what is fetched and from who serves:
//! functions of a [`Cloud`](crate::cloud::Cloud), of checks, and of tokens and keys.

pub use crate::front::authorization::{
    ApiCall, Environment, Judged, Verdict, first_refused, judge, judge_api, judge_one, request_of,
};
pub use crate::sts::judge as web_identity;
