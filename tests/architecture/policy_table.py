"""
Who may call what: the one place where it is written down.

Every endpoint of the portal stands here; addresses that name a thing name Ana's.
"""

PASS = "pass"
SIGN_IN = "asked to sign in"
HIDDEN = "not found"

# Closed: the account was closed after sign-in. Ended: a copied cookie of an ended session.
STRANGERS = ("anonymous", "closed", "ended")
ACTORS = ("anonymous", "ana", "clara", "diaz", "elsa", "ada", "closed", "ended")

EVERYBODY = dict.fromkeys(ACTORS, PASS)
SIGNED_IN = EVERYBODY | dict.fromkeys(STRANGERS, SIGN_IN)
PATIENTS = SIGNED_IN | dict.fromkeys(("diaz", "elsa", "ada"), HIDDEN)
ANA_ALONE = PATIENTS | {"clara": HIDDEN}
# Where one account does not act for a family, as in the clinic of these tests, there are none of
# its pages; tests/family asks everybody where it does.
NO_FAMILIES = PATIENTS | dict.fromkeys(("ana", "clara"), HIDDEN)
# Patients and who attends them; a conversation of Ana's with Dr. Díaz.
TALKERS = SIGNED_IN | dict.fromkeys(("elsa", "ada"), HIDDEN)
IN_IT = TALKERS | {"clara": HIDDEN}
CLINICIANS = TALKERS | dict.fromkeys(("ana", "clara"), HIDDEN)
NOBODY = dict.fromkeys(ACTORS, HIDDEN)

# What the guard alone decides, before anything of Ana's is looked for: all that OPTIONS asks.
BY_GUARD = {
    "public": EVERYBODY,
    "signed-in": SIGNED_IN,
    "socket": SIGNED_IN,
    "recently-confirmed": SIGNED_IN,  # who signed in just now has shown who they are
    "role:patient": PATIENTS,
    "role:patient/practitioner": TALKERS,
    "role:practitioner": CLINICIANS,
}

TABLE: dict[str, dict[str, str]] = {
    "accounts.end_session": ANA_ALONE,
    "accounts.enter": EVERYBODY,
    "accounts.forget_device": ANA_ALONE,
    "accounts.sessions": SIGNED_IN,
    "accounts.sign_in": EVERYBODY,
    "accounts.sign_out": SIGNED_IN,
    "assets.serve": EVERYBODY,
    "booking.ask_for_member": NO_FAMILIES,
    # Whoever holds the link is meant: it stands in a mail about the hour.
    "booking.changed": EVERYBODY,
    "booking.changed_hour": EVERYBODY,
    "booking.changed_take": EVERYBODY,
    "booking.check_move": ANA_ALONE,
    "booking.do_member_move": NO_FAMILIES,
    "booking.do_member_release": NO_FAMILIES,
    "booking.do_move": ANA_ALONE,
    "booking.do_release": ANA_ALONE,
    "booking.guide": PATIENTS,
    "booking.home": SIGNED_IN,
    "booking.keep_hour": ANA_ALONE,
    "booking.member": NO_FAMILIES,
    "booking.member_check_move": NO_FAMILIES,
    "booking.member_keep_hour": NO_FAMILIES,
    "booking.member_move": NO_FAMILIES,
    "booking.member_release": NO_FAMILIES,
    "booking.members": NO_FAMILIES,
    "booking.move": ANA_ALONE,
    "booking.member_room": NO_FAMILIES,
    "booking.release": ANA_ALONE,
    "booking.room": ANA_ALONE,
    # A draft that is not one's own is a draft not begun: the page is there, and empty.
    "booking.reserva_answer": PATIENTS,
    "booking.reserva_start": PATIENTS,
    "booking.reserva_step": PATIENTS,
    "captcha.picture": EVERYBODY,
    "captcha.sound": EVERYBODY,
    "chat_files.begin": IN_IT,
    "chat_files.cancel": IN_IT | {"diaz": HIDDEN},
    "chat_files.choose": IN_IT,
    "chat_files.download": IN_IT,
    "chat_files.part": IN_IT | {"diaz": HIDDEN},
    "chat_files.preview": IN_IT,
    "chat_files.send": IN_IT,
    "chat.add": CLINICIANS,
    "chat.begin": TALKERS,
    "chat.conversation": IN_IT,
    "chat.conversations": TALKERS,
    "chat.delete": IN_IT,
    "chat.do_end": IN_IT,
    "chat.do_transfer": CLINICIANS,
    "chat.edit": IN_IT,
    "chat.end": IN_IT,
    "chat.group": CLINICIANS,
    "chat.leave": CLINICIANS,
    "chat.message": IN_IT,
    "chat.new": TALKERS,
    "chat.news": IN_IT,
    "chat.read": IN_IT,
    "check.down": TALKERS,
    "check.mine": TALKERS,
    "check.relay": TALKERS,
    "check.save": TALKERS,
    "check.up": TALKERS,
    "push.allow": TALKERS,
    "push.devices": TALKERS,
    "push.end": ANA_ALONE,
    "push.worker": EVERYBODY,
    "chat.remove": CLINICIANS,
    "chat.reopen": IN_IT,
    "chat.transfer": CLINICIANS,
    "chat.write": IN_IT,
    # In the demo alone, and open to everybody there; the message asked for does not exist.
    "demo.attachment": NOBODY,
    "demo.mailbox": EVERYBODY,
    "demo.mailbox_json": EVERYBODY,
    "factors.app": SIGNED_IN,
    "factors.app_removal": SIGNED_IN,
    "factors.begin_app": SIGNED_IN,
    "factors.codes": SIGNED_IN,
    "factors.confirm_app": SIGNED_IN,
    "factors.make_codes": SIGNED_IN,
    "factors.overview": SIGNED_IN,
    "factors.remove_app": SIGNED_IN,
    "identity.confirm": SIGNED_IN,
    "identity.do_confirm": SIGNED_IN,
    # Whoever knows the address is meant: calendars have no cookies.
    "documents.medications": ANA_ALONE,
    "documents.people": PATIENTS,
    "documents.prescriptions": ANA_ALONE,
    "papers.prescription": ANA_ALONE,
    "papers.prescriptions": ANA_ALONE,
    "feed.calendar": EVERYBODY,
    "feed.close_address": PATIENTS,
    "feed.mine": PATIENTS,
    "feed.open_address": PATIENTS,
    "help.home": EVERYBODY,
    "help.topic": EVERYBODY,
    "live.socket": SIGNED_IN,
    "history.mine": PATIENTS,
    "history.printable": PATIENTS,
    # Whoever holds the link is meant.
    "invitation.accept": EVERYBODY,
    "invitation.renew": EVERYBODY,
    "invitation.show": EVERYBODY,
    # Whoever holds the link is meant.
    "offers.decline": EVERYBODY,
    "offers.show": EVERYBODY,
    "offers.take": EVERYBODY,
    "own_data.ask_email": SIGNED_IN,
    "own_data.cancel_email": SIGNED_IN,
    # Whoever holds the link is meant: it stands in a mail to the address that Ana wants.
    "own_data.confirm_email": EVERYBODY,
    "own_data.email": SIGNED_IN,
    "own_data.email_link": EVERYBODY,
    "own_data.home": SIGNED_IN,
    "profile.choose_language": SIGNED_IN,
    "profile.terms": SIGNED_IN,
    "passkeys.add": SIGNED_IN,
    "passkeys.add_options": SIGNED_IN,
    "passkeys.come_in": EVERYBODY,
    "passkeys.do_add": SIGNED_IN,
    "passkeys.do_show": NOBODY,
    "passkeys.door_options": EVERYBODY,
    "passkeys.passkey": ANA_ALONE,
    "passkeys.remove": ANA_ALONE,
    "passkeys.rename": ANA_ALONE,
    "passkeys.show": NOBODY,
    "passkeys.show_options": NOBODY,
    "phone.change": SIGNED_IN,
    "phone.code": ANA_ALONE,
    "phone.enter_code": ANA_ALONE,
    "phone.show": SIGNED_IN,
    "profile.change_password": SIGNED_IN,
    "profile.password": SIGNED_IN,
    "profile.profile": SIGNED_IN,
    "reactivation.ask": EVERYBODY,
    "reactivation.confirm": EVERYBODY,
    "reactivation.doubt": EVERYBODY,
    "reactivation.form": EVERYBODY,
    "reactivation.reactivate": EVERYBODY,
    "reactivation.sent": EVERYBODY,
    "reactivation.stop": EVERYBODY,
    "recovery.activation": EVERYBODY,
    "recovery.ask_activation": EVERYBODY,
    "recovery.ask_password": EVERYBODY,
    "recovery.ask_username": EVERYBODY,
    # Whoever holds the link is meant: it stands in a mail to Ana.
    "recovery.new_password": EVERYBODY,
    "recovery.password": EVERYBODY,
    "recovery.resend": EVERYBODY,
    "recovery.review": EVERYBODY,
    "recovery.sent": EVERYBODY,
    "recovery.set_password": EVERYBODY,
    "recovery.username": EVERYBODY,
    # Whoever holds the link or was sent to the page is meant: nobody else knows its address.
    "registration.activate": EVERYBODY,
    "registration.activation": EVERYBODY,
    "registration.enter_code": EVERYBODY,
    "registration.link": EVERYBODY,
    # A draft of another browser is a draft not begun.
    "registration.registro_answer": EVERYBODY,
    "registration.registro_start": EVERYBODY,
    "registration.registro_step": EVERYBODY,
    "registration.renew": EVERYBODY,
    "registration.resend": EVERYBODY,
    "registration.send_code": EVERYBODY,
    "registration.terms": EVERYBODY,
    # Whoever holds the link is meant: it stands in a mail to Ana.
    "reminders.answer": EVERYBODY,
    "reminders.confirm": EVERYBODY,
    "reminders.release": EVERYBODY,
    "temporary.confirm": EVERYBODY,
    "temporary.renew": EVERYBODY,
    "temporary.send": EVERYBODY,
    # Worth something in the browser alone that gave the password; here that is nobody's.
    "second_factor.choose": NOBODY,
    "second_factor.code": NOBODY,
    "second_factor.enter_code": NOBODY,
    "second_factor.send": NOBODY,
    "video.answer": IN_IT,
    "video.ask": CLINICIANS,
    "video.decline": IN_IT,
    "video.do_decline": IN_IT,
    "video.hang_up": IN_IT,
    "video.room": IN_IT,
    "video.start": CLINICIANS,
    "web.health": EVERYBODY,
    "web.language": EVERYBODY,
    "waiting.ask": PATIENTS,
    "waiting.mine": PATIENTS,
    "waiting.start": PATIENTS,
    "waiting.stop": ANA_ALONE,
}
