"""Nobody's mailbox can be filled through the portal: each way to a mail has its limit (T13)."""

import pytest

from tests.architecture.mailing import sending_endpoints

# endpoint → the test that shows where it ends.
LIMITED = {
    "reactivation.ask": "test_reactivation_abuse::test_nobody_is_flooded",
    "reactivation.reactivate": "test_reactivation::test_a_link_is_good_once",
    "reactivation.stop": "test_reactivation_undo::test_no_fui_yo_is_said_once",
    "recovery.ask_activation": "test_resending::test_one_mailbox_gets_three_mails_an_hour",
    "recovery.ask_username": "test_recovery_abuse::test_nobody_is_flooded_whoever_asks",
    "recovery.ask_password": "test_recovery_abuse::test_nobody_is_flooded_whoever_asks",
    "recovery.resend": "test_link_ends::test_new_links_by_expired_ones_keep_the_limit_of_mails",
    "recovery.set_password": "test_change_password::test_changing_it_again_and_again_floods_nobody",
    "contact.send": "contact/test_writing::test_each_limit_ends_the_mails_it_is_for",
    "inbox.answer": "contact/test_answering::test_one_message_has_so_many_answers_in_a_day",
    "video.report": "video/test_incidents::test_reports_and_mails_have_an_end",
    "temporary.renew": "test_temporary::test_an_expired_link_sends_its_successor_by_one_press",
    "temporary.send": "test_temporary::test_nobody_is_flooded_with_temporary_passwords",
    "second_factor.send": "test_second_factor::test_a_mailbox_gets_few_codes_until_one_is_used",
    "factors.confirm_app": "test_factor_mails::test_of_each_kind_three_go_out_in_an_hour",
    "factors.make_codes": "test_factor_mails::test_of_each_kind_three_go_out_in_an_hour",
    "factors.remove_app": "test_factor_mails::test_of_each_kind_three_go_out_in_an_hour",
    "passkeys.do_add": "test_factor_mails::test_of_each_kind_three_go_out_in_an_hour",
    "passkeys.remove": "test_factor_mails::test_of_each_kind_three_go_out_in_an_hour",
    "registration.send_code": "test_activation::test_one_mailbox_gets_three_mails_an_hour",
    "registration.resend": "test_activation::test_three_mails_an_hour_each_replacing_the_last",
    "registration.renew": "test_activation::test_three_mails_an_hour_each_replacing_the_last",
    "registration.activate": "test_activation::test_a_link_is_good_once",
    "registration.enter_code": "test_activation::test_a_link_is_good_once",
    "invitation.accept": "test_invitation::test_the_link_is_good_once",
    "invitation.renew": "test_invitation::test_an_expired_link_sends_one_successor",
    "own_data.ask_email": "test_own_contact::test_three_changes_an_hour_and_no_more",
    "phone.change": "test_own_contact::test_three_changes_an_hour_and_no_more",
    "phone.enter_code": "test_own_phone::test_a_code_changes_the_number_once",
    "own_data.confirm_email": "test_own_data::test_the_link_is_good_once",
    "profile.change_password": (
        "test_change_password::test_changing_it_again_and_again_floods_nobody"
    ),
}
# Of these, those that lead to a text message as well: it costs the clinic money.
TEXTED = {
    "registration.send_code": (
        "test_text_limits::test_one_telephone_gets_three_texts_an_hour_whoever_asks",
        "test_text_limits::test_one_network_asks_for_so_many_sent_or_not",
        "test_text_limits::test_what_one_day_has_too_many_of_is_not_sent_and_the_log_says_so",
    ),
    "registration.resend": ("test_text_limits::test_three_texts_for_one_registration",),
    "second_factor.send": ("test_code_by_sms::test_one_telephone_gets_few_messages",),
    "phone.change": ("test_own_phone::test_one_mobile_gets_three_texts_an_hour",),
}
# One mail for each act on one's own hour, to oneself.  Booking and registering are the last steps
# of flows, which name their actions as data.
OWN_ACTS = {"booking.do_member_release", "booking.do_release", "reminders.release"}
OWN_ACTS |= {"booking.do_member_move", "booking.do_move", "booking.changed_take", "offers.take"}
# One class with the act: they only keep an hour.
OWN_ACTS |= {"booking.keep_hour", "booking.member_keep_hour"}


def test_every_way_to_a_mail_is_known(app, record_property):
    found = sending_endpoints(app)

    assert found == {*LIMITED, *OWN_ACTS}
    assert set(TEXTED) <= found
    record_property("endpoints", len(found))


TESTS = [*LIMITED.values(), *(test for tests in TEXTED.values() for test in tests)]


@pytest.mark.parametrize("test", TESTS)
def test_its_limit_is_tested(request, test):
    file, _, name = test.partition("::")
    file = file if "/" in file else f"accounts/{file}"
    text = (request.config.rootpath / "tests" / f"{file}.py").read_text("utf-8")

    assert f"def {name}(" in text
