//! Cases that every store must pass; [`for_every_case`] lists them. Each store's folder has the tests that run them on it.
//!
//! A case returns the first error that it does not expect, so that it can also run on an outbox whose calls fail.

mod accepting;
mod activity;
mod api_keys;
mod commands;
mod endpoints;
mod events;
mod exports;
mod figures;
mod harness;
mod listing;
mod order;
mod outcomes;
mod processes;
mod refills;
mod refused;
mod sign_in;

#[cfg(feature = "postgres")]
pub(in crate::outbox) use self::exports::everything;
pub(crate) use self::harness::ended;
#[cfg(feature = "postgres")]
pub(in crate::outbox) use self::harness::message;
pub(crate) use self::harness::{Harness, PAYLOAD_RETENTION, UnderTest};
use crate::error::Result;

pub(crate) type Case = fn(&Harness) -> Result<()>;

/// Calls a macro with every case.
macro_rules! for_every_case {
    ($then:ident) => {
        $then! {
            accepting::a_message_is_accepted_and_the_loop_is_told,
            accepting::whoever_waits_is_answered,
            accepting::an_endpoint_that_is_unknown_or_deleted_takes_nothing,
            accepting::a_relay_makes_lanes,
            accepting::a_batch_answers_each_in_order,
            accepting::a_send_whose_commit_fails_was_not_accepted,
            accepting::an_idempotency_key_names_the_first_message_of_its_endpoint,
            accepting::an_idempotency_key_is_known_within_a_batch,
            accepting::a_message_that_comes_with_its_id_is_accepted_once,
            accepting::a_deleted_message_frees_its_key,
            accepting::a_payload_is_kept_as_long_as_the_message_says,
            accepting::a_payload_is_read_as_it_was_accepted,
            activity::activity_is_listed_newest_first_by_pages,
            api_keys::a_key_is_added_once,
            api_keys::a_key_is_deleted_once,
            api_keys::the_last_use_of_a_key_never_goes_back,
            api_keys::the_revision_rises_with_edits_alone,
            commands::every_command_in_every_state_twice,
            commands::a_command_to_an_unknown_message_is_refused,
            commands::each_of_many_has_its_own_answer,
            commands::what_a_command_leaves_in_the_row,
            commands::the_loop_is_told_what_a_command_did,
            commands::a_message_under_way_is_neither_withdrawn_nor_replayed,
            commands::a_message_is_replayed_ten_times,
            endpoints::endpoints_are_listed_newest_first_by_pages,
            endpoints::an_endpoint_is_changed_and_the_loop_is_told,
            endpoints::a_deleted_endpoint_is_unknown_and_delivers_on,
            endpoints::a_resume_counts_what_it_lets_go,
            endpoints::signing_keys_are_one_or_two,
            events::an_event_makes_a_message_for_every_endpoint_that_wants_it,
            events::each_message_of_an_event_is_for_the_endpoint_that_its_receipt_names,
            events::an_event_that_nobody_wants_is_kept,
            events::an_idempotency_key_names_the_first_event_of_its_tenant,
            events::an_event_whose_commit_fails_was_not_accepted,
            events::a_shared_payload_goes_with_the_last_message_that_needs_it,
            events::events_are_listed_newest_first_by_pages,
            events::what_an_endpoint_has_missed_is_made_up,
            events::the_catalogue_has_each_type_once,
            order::of_one_key_only_the_message_in_front_is_due,
            order::whatever_ends_the_message_in_front_tells_the_loop,
            order::a_replayed_message_takes_a_place_again,
            order::a_key_that_halts_waits_for_a_person,
            order::an_attempt_that_was_overtaken_lets_the_next_go,
            order::a_scheduled_message_is_due_at_its_time,
            order::a_scheduled_message_is_moved_cancelled_and_sent_now,
            order::a_message_that_has_expired_is_not_due,
            exports::an_export_is_made_once,
            exports::there_is_room_for_so_many_exports,
            exports::an_export_is_begun_and_finished_in_order,
            exports::exports_expire_and_are_forgotten,
            exports::an_export_has_the_messages_of_its_filter,
            exports::the_first_secret_stays,
            exports::the_bytes_of_an_export_are_read_as_they_were_written,
            exports::who_writes_an_export_anew_finds_nothing_of_before,
            figures::messages_are_counted_by_where_they_stand,
            figures::what_happened_is_counted_by_endpoint,
            figures::an_endpoint_has_its_figures,
            figures::what_is_due_counts_where_it_is_not_held,
            listing::pages_hold_every_message_once_in_either_order,
            listing::a_filter_takes_what_it_names,
            listing::a_page_may_be_of_named_messages,
            listing::a_page_looks_at_a_bounded_number,
            listing::what_comes_between_two_pages_is_not_lost,
            listing::dead_letters_are_read_newest_first,
            listing::what_is_due_before_a_message_is_counted,
            outcomes::an_outcome_settles_its_message,
            outcomes::an_outcome_that_comes_after_a_command_is_fenced,
            outcomes::an_outcome_that_is_recorded_twice_is_recorded_once,
            outcomes::an_outcome_whose_row_is_gone_is_recorded_nowhere,
            outcomes::an_outcome_whose_commit_fails_is_given_back,
            outcomes::a_receiver_that_is_gone_pauses_its_endpoint,
            outcomes::attempts_are_listed_in_order,
            outcomes::a_payload_may_be_dropped_with_its_delivery,
            processes::one_process_leads,
            processes::another_process_is_noticed,
            processes::a_closed_outbox_answers_so,
            processes::an_outbox_that_refuses_changes_is_still_read,
            processes::an_outbox_whose_commits_fail_is_not_writable,
            processes::the_clocks_are_noted,
            refills::retries_come_before_fresh_messages,
            refills::a_refill_keeps_to_its_bounds,
            refills::many_lanes_are_read_at_once,
            refills::lanes_are_told_with_their_secrets,
            refills::the_overview_names_the_lanes_in_which_something_waits,
            sign_in::the_secret_of_sessions_is_kept_until_it_is_replaced,
            sign_in::a_login_code_is_taken_once_and_in_time,
            sign_in::the_newest_consoles_are_remembered,
            refused::a_message_whose_command_fails_is_as_before_and_can_be_started,
            refused::an_endpoint_whose_change_fails_is_as_before,
            refused::keys_and_exports_whose_change_fails_are_as_before,
        }
    };
}
pub(crate) use for_every_case;

macro_rules! table {
    ($($file:ident :: $case:ident),* $(,)?) => {
        /// Every case, with its name.
        pub(crate) const CASES: &[(&str, Case)] = &[$((stringify!($case), $file::$case)),*];
    };
}
for_every_case!(table);

/// Finds a case by its name.
pub(crate) fn run(harness: &Harness, name: &str) {
    let (_, case) =
        CASES.iter().find(|(known, _)| *known == name).unwrap_or_else(|| panic!("no case {name}"));
    case(harness).unwrap_or_else(|error| panic!("{name}: {error}"));
}
