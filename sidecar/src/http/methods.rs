//! The methods of routes, as the router knows them.

use axum::routing::MethodFilter;
use hookbridge_core::operations::definition::Verb;

pub fn method(verb: Verb) -> MethodFilter {
    match verb {
        Verb::Get => MethodFilter::GET,
        Verb::Post => MethodFilter::POST,
        Verb::Patch => MethodFilter::PATCH,
        Verb::Delete => MethodFilter::DELETE,
    }
}
