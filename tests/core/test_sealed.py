"""What is sealed can be read by who has the keys, for its purpose, and by nobody else."""

import pytest

from clinicweb.core.sealed import BadSeal, seal, unseal

OLD, NEW, OTHER = ("a key of the tests that is long enough, " + name for name in "abc")


def test_what_an_older_key_sealed_is_read_and_the_newest_seals():
    old_box = seal([OLD], "app.1", "secret")

    new_box = seal([OLD, NEW], "app.1", "secret")

    assert unseal([OLD, NEW], "app.1", old_box) == "secret"
    assert unseal([NEW], "app.1", new_box) == "secret"
    with pytest.raises(BadSeal):
        unseal([OLD], "app.1", new_box)


@pytest.mark.parametrize(
    ("keys", "purpose"), [([OTHER], "app.1"), ([OLD], "app.2"), ([NEW, OTHER], "app.1")]
)
def test_it_is_no_use_with_other_keys_or_in_another_place(keys, purpose):
    box = seal([OLD], "app.1", "secret")

    with pytest.raises(BadSeal):
        unseal(keys, purpose, box)


def test_no_byte_of_it_can_be_altered():
    box = seal([OLD], "app.1", "secret")
    read = 0

    for place in range(len(box)):
        other = "A" if box[place] != "A" else "B"
        try:
            read += unseal([OLD], "app.1", box[:place] + other + box[place + 1 :]) != "secret"
        except BadSeal:
            continue

    assert read == 0


@pytest.mark.parametrize("box", ["", "x", "ñ", "gAAAAA", "=" * 100])
def test_what_is_no_box_is_refused(box):
    with pytest.raises(BadSeal):
        unseal([OLD], "app.1", box)


def test_what_is_in_it_cannot_be_seen():
    assert "secret" not in seal([OLD], "app.1", "secret")
    assert seal([OLD], "app.1", "secret") != seal([OLD], "app.1", "secret")
