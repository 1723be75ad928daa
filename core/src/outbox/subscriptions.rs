//! Which endpoints want an event: an index in memory, so that the question costs no more than its answer. The store keeps it in
//! step with its endpoints.

use std::collections::{BTreeSet, HashMap};

use serde_json::Value;

use crate::model::endpoint::Endpoint;
use crate::model::event_filter::EventFilter;
use crate::model::event_type::{ANY, EventPattern, EventType};
use crate::model::ids::EndpointId;
use crate::outbox::rows::{LaneKey, RowMap};

/// The endpoints of one tenant that want a type, by its segments.
#[derive(Debug, Default)]
struct Branch {
    /// Those whose pattern ends here.
    here: BTreeSet<LaneKey>,
    /// Those whose pattern ends here with a star, which stands for everything below.
    below: BTreeSet<LaneKey>,
    named: HashMap<Box<str>, Branch>,
    /// What follows a star that stands for this one segment.
    any: Option<Box<Branch>>,
}

impl Branch {
    fn is_empty(&self) -> bool {
        self.here.is_empty() && self.below.is_empty() && self.named.is_empty() && self.any.is_none()
    }

    fn insert(&mut self, mut segments: std::str::Split<'_, char>, lane: LaneKey) {
        let Some(segment) = segments.next() else {
            self.here.insert(lane);
            return;
        };
        if segment == ANY {
            if segments.clone().next().is_none() {
                self.below.insert(lane);
            } else {
                self.any.get_or_insert_default().insert(segments, lane);
            }
        } else if let Some(branch) = self.named.get_mut(segment) {
            branch.insert(segments, lane);
        } else {
            self.named.entry(segment.into()).or_default().insert(segments, lane);
        }
    }

    fn remove(&mut self, mut segments: std::str::Split<'_, char>, lane: LaneKey) {
        let Some(segment) = segments.next() else {
            self.here.remove(&lane);
            return;
        };
        if segment == ANY {
            if segments.clone().next().is_none() {
                self.below.remove(&lane);
            } else if let Some(branch) = &mut self.any {
                branch.remove(segments, lane);
                if branch.is_empty() {
                    self.any = None;
                }
            }
        } else if let Some(branch) = self.named.get_mut(segment) {
            branch.remove(segments, lane);
            if branch.is_empty() {
                self.named.remove(segment);
            }
        }
    }

    fn find(&self, mut segments: std::str::Split<'_, char>, found: &mut Vec<LaneKey>) {
        let Some(segment) = segments.next() else {
            found.extend(&self.here);
            return;
        };
        found.extend(&self.below);
        if let Some(branch) = self.named.get(segment) {
            branch.find(segments.clone(), found);
        }
        if let Some(branch) = &self.any {
            branch.find(segments, found);
        }
    }
}

/// What one endpoint wants.
#[derive(Clone, Debug, PartialEq)]
struct Wish {
    id: EndpointId,
    tenant: Option<Box<str>>,
    /// None is every type.
    patterns: Option<Vec<EventPattern>>,
    filter: Option<EventFilter>,
}

/// The endpoints of one tenant.
#[derive(Debug, Default)]
struct Tenant {
    every_type: BTreeSet<LaneKey>,
    by_type: Branch,
}

/// Which endpoints want which events.
#[derive(Debug, Default)]
pub(crate) struct Subscriptions {
    tenants: HashMap<Option<Box<str>>, Tenant>,
    wishes: RowMap<LaneKey, Wish>,
}

/// A payload that is read once somebody asks for what is in it.
pub(crate) struct ReadLater<'a> {
    text: &'a [u8],
    value: Option<Value>,
}

impl<'a> ReadLater<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, value: None }
    }

    /// The value; null where it cannot be read, as with more levels than a reader takes.
    pub(crate) fn value(&mut self) -> &Value {
        let text = self.text;
        self.value.get_or_insert_with(|| serde_json::from_slice(text).unwrap_or(Value::Null))
    }
}

/// Whether an endpoint wants an event: it is of the event's tenant, takes its type, and its filter holds. This is what the index
/// answers for all endpoints at once.
pub(crate) fn wants(
    endpoint: &Endpoint,
    tenant: Option<&str>,
    event_type: &EventType,
    payload: &mut ReadLater<'_>,
) -> bool {
    endpoint.tenant.as_deref() == tenant
        && endpoint
            .event_types
            .as_ref()
            .is_none_or(|patterns| patterns.iter().any(|pattern| pattern.takes(event_type)))
        && endpoint.filter.as_ref().is_none_or(|filter| filter.takes(payload.value()))
}

impl Subscriptions {
    /// Takes an endpoint's row as it is now; `None` where it is deleted.
    pub(crate) fn set(&mut self, lane: LaneKey, endpoint: Option<&Endpoint>) {
        let wish = endpoint.map(|endpoint| Wish {
            id: endpoint.id,
            tenant: endpoint.tenant.as_deref().map(Box::from),
            patterns: endpoint.event_types.clone().filter(|patterns| !patterns.is_empty()),
            filter: endpoint.filter.clone().filter(|filter| !filter.conditions().is_empty()),
        });
        if self.wishes.get(&lane) == wish.as_ref() {
            return;
        }
        if let Some(before) = self.wishes.remove(&lane)
            && let Some(tenant) = self.tenants.get_mut(&before.tenant)
        {
            match &before.patterns {
                None => drop(tenant.every_type.remove(&lane)),
                Some(patterns) => {
                    patterns
                        .iter()
                        .for_each(|pattern| tenant.by_type.remove(pattern.as_str().split('.'), lane));
                }
            }
            if tenant.every_type.is_empty() && tenant.by_type.is_empty() {
                self.tenants.remove(&before.tenant);
            }
        }
        let Some(wish) = wish else { return };
        let tenant = self.tenants.entry(wish.tenant.clone()).or_default();
        match &wish.patterns {
            None => drop(tenant.every_type.insert(lane)),
            Some(patterns) => {
                patterns.iter().for_each(|pattern| tenant.by_type.insert(pattern.as_str().split('.'), lane));
            }
        }
        self.wishes.insert(lane, wish);
    }

    /// The endpoints that want an event, oldest first, each with its id.
    pub(crate) fn matching(
        &self,
        tenant: Option<&str>,
        event_type: &EventType,
        payload: &mut ReadLater<'_>,
    ) -> Vec<(LaneKey, EndpointId)> {
        let Some(tenant) = self.tenants.get(&tenant.map(Box::from)) else { return Vec::new() };
        let mut found: Vec<LaneKey> = tenant.every_type.iter().copied().collect();
        tenant.by_type.find(event_type.as_str().split('.'), &mut found);
        found.sort_unstable();
        // Several patterns of an endpoint may take a type.
        found.dedup();
        let mut wanted = Vec::with_capacity(found.len());
        for lane in found {
            let Some(wish) = self.wishes.get(&lane) else { continue };
            if wish.filter.as_ref().is_none_or(|filter| filter.takes(payload.value())) {
                wanted.push((lane, wish.id));
            }
        }
        wanted
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::event_filter::Condition;
    use crate::model::timestamp::Timestamp;

    fn endpoint(rng: &mut fastrand::Rng) -> Endpoint {
        let segment = |rng: &mut fastrand::Rng| ["a", "b", "*"][rng.usize(0..3)];
        let pattern = |rng: &mut fastrand::Rng| {
            let segments: Vec<&str> = (0..rng.usize(1..4)).map(|_| segment(rng)).collect();
            EventPattern::new(segments.join(".")).unwrap()
        };
        let patterns = rng.bool().then(|| (0..rng.usize(1..4)).map(|_| pattern(rng)).collect());
        let above = rng.i64(0..10);
        let filter = rng.bool().then(|| {
            let condition =
                Condition { pointer: "/n".to_owned(), greater: Some(above.into()), ..Condition::default() };
            EventFilter::new(vec![condition]).unwrap()
        });
        Endpoint {
            id: EndpointId::from_bytes([1; 16]),
            url: String::new(),
            description: None,
            rate_limit_rps: None,
            burst: None,
            headers: None,
            retry_schedule: None,
            max_attempts: None,
            paused: false,
            created_at: Timestamp::from_millis(0),
            updated_at: Timestamp::from_millis(0),
            tenant: [None, Some("x".to_owned()), Some("y".to_owned())][rng.usize(0..3)].clone(),
            event_types: patterns,
            filter,
            on_failure: None,
        }
    }

    /// The index answers what each endpoint by itself would, however the endpoints came to be as they are.
    #[test]
    fn the_index_finds_who_wants_an_event_and_nobody_else() {
        let mut rng = fastrand::Rng::with_seed(17);
        let (mut index, mut endpoints) = (Subscriptions::default(), HashMap::new());
        let mut matched = 0;
        for _ in 0..20_000 {
            let lane = LaneKey(rng.i64(0..40));
            if rng.u8(0..4) == 0 {
                index.set(lane, None);
                endpoints.remove(&lane);
            } else {
                let endpoint = endpoint(&mut rng);
                index.set(lane, Some(&endpoint));
                endpoints.insert(lane, endpoint);
            }
            let segments: Vec<&str> =
                (0..rng.usize(1..4)).map(|_| ["a", "b", "c"][rng.usize(0..3)]).collect();
            let event_type = EventType::new(segments.join(".")).unwrap();
            let tenant = [None, Some("x"), Some("y"), Some("z")][rng.usize(0..4)];
            let payload = format!(r#"{{"n":{}}}"#, rng.i64(0..12));
            let found = index.matching(tenant, &event_type, &mut ReadLater::new(payload.as_bytes()));
            let mut wanted: Vec<LaneKey> = endpoints
                .iter()
                .filter(|(_, one)| wants(one, tenant, &event_type, &mut ReadLater::new(payload.as_bytes())))
                .map(|(lane, _)| *lane)
                .collect();
            wanted.sort_unstable();
            let found: Vec<LaneKey> = found.into_iter().map(|(lane, _)| lane).collect();
            assert_eq!(found, wanted, "{event_type} {tenant:?} {payload}");
            matched += found.len();
        }
        assert!(matched > 10_000, "hardly anybody wanted anything");
        (0..40).for_each(|lane| index.set(LaneKey(lane), None));
        assert!(
            index.tenants.is_empty() && index.wishes.is_empty(),
            "something is left of endpoints that are gone"
        );
    }
}
