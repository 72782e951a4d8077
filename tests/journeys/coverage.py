"""
Which journey proves which item of the patients' manual (checklist S0).

Every test named here cites the item in its docstring; ``test_coverage.py`` holds both.
"""

BOOKING = "test_booking.py::test_ana_books_an_hour_and_gives_it_back"
HISTORY = "test_history.py::test_back_and_reload_lose_nothing_and_book_once"
TABS = "test_tabs.py::test_two_tabs_book_two_hours_and_mix_nothing_up"
SIGN_IN = "test_sign_in.py::test_ana_comes_in_by_rut_and_by_user_name"
AGREEMENTS = "test_search.py::test_only_people_with_several_agreements_choose_one"
SHOWN = "test_search.py::test_what_is_confirmed_is_shown_first_and_kept_meanwhile"
RACE = "test_trouble.py::test_who_loses_the_race_gets_the_nearest_hours_and_takes_one"
MAIL = "test_mail.py::test_mails_with_a_calendar_tell_of_booking_and_release"

ITEMS = ("S0-12", *(f"S0-{number}" for number in range(18, 31)))

COVERAGE: dict[str, tuple[str, ...]] = {
    "S0-12": (SIGN_IN,),
    "S0-18": (SIGN_IN, BOOKING),
    "S0-19": (SIGN_IN, BOOKING, HISTORY),
    "S0-20": (BOOKING, HISTORY, TABS),
    "S0-21": (BOOKING, HISTORY, TABS, AGREEMENTS),
    "S0-22": (AGREEMENTS,),
    "S0-23": (BOOKING, HISTORY, TABS, SHOWN, RACE),
    "S0-24": (BOOKING, HISTORY, TABS, SHOWN),
    "S0-25": (BOOKING, HISTORY, TABS, RACE),
    "S0-26": (BOOKING, HISTORY, TABS),
    "S0-27": (BOOKING,),
    "S0-28": (MAIL,),
    "S0-29": (BOOKING, HISTORY, TABS),
    "S0-30": (BOOKING, MAIL),
}
