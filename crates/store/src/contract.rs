//! What every backend promises: each promise is a story, told to a fresh store.
//!
//! A backend's own tests say `gapura_store::keeps_the_contract!(fresh);`, where `fresh` is an async
//! function that gives a migrated, empty store and whatever must live as long as it. Every story
//! then is a test of its own, under its own name. A story uses no clock: its times are made up.

#![expect(missing_docs, reason = "the names of the stories are sentences")]
#![expect(clippy::missing_panics_doc, reason = "a promise that is broken panics")]

pub mod applications;
pub mod audit;
pub mod doors;
pub mod facts;
pub mod gates;
pub mod messages;
pub mod people;
pub mod places;
pub mod repeats;
pub mod rules;
mod samples;
pub mod scene;
pub mod sign_in;
pub mod staff;
pub mod upkeep;
pub mod visits;

/// Makes one test of each story. `$fresh` gives a store and what must outlive it.
#[macro_export]
macro_rules! keeps_the_contract {
    ($fresh:ident) => {
        $crate::tell!(
            $fresh,
            applications,
            [
                organisations_form_a_tree_whose_parents_come_first,
                an_approved_application_becomes_a_venue_with_rooms_and_gates,
                an_application_is_approved_once,
                an_approval_needs_one_code_for_each_gate,
                a_code_that_is_taken_refuses_the_whole_approval,
                a_returned_application_is_mended_and_submitted_again,
                a_list_is_submitted_whole_or_not_at_all,
                applications_are_listed_by_owner_and_state_and_paged,
            ]
        );
        $crate::tell!(
            $fresh,
            places,
            [
                a_venue_changes_only_from_the_version_that_was_read,
                a_room_of_another_venue_is_not_changed_with_this_one,
                venues_are_found_by_owner_category_and_box,
                venues_are_paged,
                a_gate_knows_its_venue,
            ]
        );
        $crate::tell!(
            $fresh,
            gates,
            [
                a_code_leads_to_its_gate_and_says_so_when_it_was_revoked,
                a_code_is_never_given_to_a_second_gate,
                an_enrolment_code_makes_one_device,
                an_enrolment_code_that_has_expired_makes_none,
                a_second_enrolment_code_replaces_the_first,
                a_token_in_use_leaves_the_enrolment_code_unused,
                a_revoked_device_is_listed_and_not_known,
            ]
        );
        $crate::tell!(
            $fresh,
            people,
            [
                no_pseudonym_is_given_twice,
                a_person_is_found_by_contact_and_by_number,
                a_pseudonym_or_contact_in_use_is_a_conflict,
                who_cannot_be_reached_any_more_is_erased_with_the_name,
                many_people_are_made_known_together_or_not_at_all,
                companions_belong_to_their_guardian,
                people_are_paged_by_pseudonym,
                a_sealed_record_is_replaced_with_its_hashes,
                a_rotation_finds_what_older_keys_sealed,
                passes_are_revoked_by_raising_the_epoch,
                a_card_is_revoked_once,
            ]
        );
        $crate::tell!(
            $fresh,
            facts,
            [
                facts_begin_empty_and_at_version_one,
                a_source_records_a_dose_once,
                a_source_records_a_test_once,
                facts_come_oldest_first,
                every_change_raises_the_version_and_a_repeat_does_not,
            ]
        );
        $crate::tell!(
            $fresh,
            sign_in,
            [
                a_one_time_code_works_once,
                after_too_many_failures_even_the_right_code_is_wrong,
                a_one_time_code_expires,
                a_new_code_replaces_the_old_one_and_its_failures,
                a_visitors_session_lasts_until_it_expires,
                a_visitors_session_is_extended,
                a_visitor_ends_only_own_sessions,
                what_is_stale_is_erased_and_what_is_not_stays,
            ]
        );
        $crate::tell!(
            $fresh,
            messages,
            [
                messages_wait_oldest_first_until_they_are_delivered,
                a_message_that_failed_too_often_waits_no_more,
                the_number_of_a_message_is_not_used_again,
            ]
        );
        $crate::tell!(
            $fresh,
            staff,
            [
                an_account_is_kept_as_it_was_made,
                a_login_is_taken_once,
                roles_are_replaced_as_a_whole,
                a_step_of_the_second_factor_is_used_once,
                wrong_sign_ins_count_and_lock_and_a_good_one_clears,
                a_new_password_ends_all_sessions,
                a_closed_account_has_no_session,
                a_staff_session_lasts_until_it_expires,
                staff_end_only_own_sessions,
            ]
        );
        $crate::tell!(
            $fresh,
            doors,
            [
                whoever_is_let_in_is_inside_until_they_leave,
                a_told_time_of_leaving_is_kept_within_the_stay,
                a_full_room_lets_nobody_in_until_somebody_leaves,
                a_party_is_let_in_whole_or_not_at_all,
                members_of_a_party_leave_when_they_like,
                a_check_in_elsewhere_ends_the_visit_before,
                a_check_holds_its_place_until_an_officer_ends_it,
                a_refusal_is_overridden_by_name_also_after_it_was_packed,
                an_override_goes_beyond_a_limit_and_says_so,
                a_scan_to_leave_ends_the_visit_once,
                time_ends_what_nobody_ended,
                a_quotas_day_begins_at_the_venues_own_midnight,
                what_nobody_saw_or_cannot_be_is_unproven,
                a_child_comes_in_with_its_adult,
            ]
        );
        $crate::tell!(
            $fresh,
            repeats,
            [
                an_admission_is_answered_again_for_eight_days,
                a_refusal_is_answered_again_though_there_is_room_now,
                a_party_is_answered_again_as_a_whole,
                a_check_is_answered_again_as_at_first,
                a_scan_to_leave_is_answered_again,
                an_officers_word_is_answered_again,
                an_id_is_not_used_for_somebody_else,
                an_id_from_long_ago_that_is_new_is_decided_once,
            ]
        );
        $crate::tell!(
            $fresh,
            visits,
            [
                a_visit_is_the_same_in_memory_and_packed,
                a_persons_visits_come_oldest_first_and_from_a_span,
                a_venues_day_is_paged_by_number,
                an_exit_is_corrected_wherever_the_visit_lies,
                what_is_no_visit_has_no_exit_to_correct,
                tallies_are_the_same_before_and_after_packing,
                what_is_erased_is_gone_and_the_rest_stays,
                an_erasure_in_the_middle_of_the_day_spares_nothing_before_it,
            ]
        );
        $crate::tell!(
            $fresh,
            rules,
            [
                the_same_document_keeps_its_number,
                rule_sets_are_listed_oldest_first,
            ]
        );
        $crate::tell!(
            $fresh,
            audit,
            [
                marks_are_numbered_and_chained,
                marks_are_paged_oldest_first,
                marks_on_a_subject_come_newest_first,
            ]
        );
        $crate::tell!(
            $fresh,
            upkeep,
            [
                a_fresh_store_has_nothing_to_mend_and_nothing_to_apply,
                a_setting_is_kept_and_replaced,
                a_closed_store_answers_unavailable,
            ]
        );
    };
}

/// Makes one test of each story of an area.
#[macro_export]
macro_rules! tell {
    ($fresh:ident, $area:ident, [$($story:ident),* $(,)?]) => {
        mod $area {
            $(
                #[tokio::test]
                async fn $story() {
                    let (store, _outlives) = super::$fresh().await;
                    $crate::contract::$area::$story(&store).await;
                }
            )*
        }
    };
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_story_is_told() {
        let told = include_str!("contract.rs");
        for (area, source) in [
            ("applications", include_str!("contract/applications.rs")),
            ("audit", include_str!("contract/audit.rs")),
            ("doors", include_str!("contract/doors.rs")),
            ("facts", include_str!("contract/facts.rs")),
            ("gates", include_str!("contract/gates.rs")),
            ("messages", include_str!("contract/messages.rs")),
            ("people", include_str!("contract/people.rs")),
            ("places", include_str!("contract/places.rs")),
            ("repeats", include_str!("contract/repeats.rs")),
            ("rules", include_str!("contract/rules.rs")),
            ("sign_in", include_str!("contract/sign_in.rs")),
            ("staff", include_str!("contract/staff.rs")),
            ("upkeep", include_str!("contract/upkeep.rs")),
            ("visits", include_str!("contract/visits.rs")),
        ] {
            let stories = source.split("pub async fn ").skip(1);
            let stories = stories.filter_map(|rest| rest.split(['(', '<']).next());
            for story in stories {
                assert!(told.contains(&format!(" {story},")), "{area}::{story}");
            }
        }
    }
}
