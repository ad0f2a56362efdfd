"""A statement that stands twice in one file would be booked twice."""

import pytest

from cleanclaim.edi.bank import read_bank_file


def bai2(section: str, times: int, sum_of_it: int, records: int) -> bytes:
    """`times` the same account section in one group; its sum and records as its trailer says them."""
    sums = sum_of_it * times
    return (
        "01,BANK,HARBOR,261112,0700,1,80,,2/\n02,HARBOR,BANK,1,261112,,USD,2/\n" + section * times
        + f"98,{sums},{times},{records * times + 2}/\n99,{sums},1,{records * times + 4}/\n"
    ).encode()  # fmt: skip


ONE = "03,1,,,,,/\n16,301,8000,0,,,COUNTER/\n49,8000,3/\n"
TWO = "03,1,,,,,/\n16,301,8000,0,,,COUNTER/\n16,301,900,0,,,COUNTER/\n49,8900,4/\n"
BALANCED = "03,1,,010,1000,,,015,9000,,/\n16,301,8000,0,,,COUNTER/\n49,18000,3/\n"


@pytest.mark.parametrize(
    ("section", "total", "records"), [(TWO, 8900, 4), (BALANCED, 18000, 3)], ids=["two", "balanced"]
)
def test_a_statement_that_stands_twice_is_a_problem(section, total, records):
    assert read_bank_file(bai2(section, 1, total, records)).problems == ()

    [problem] = read_bank_file(bai2(section, 2, total, records)).problems

    assert "once more, expected each statement once" in problem.message
    assert (problem.place, "from line 4 " in problem.message) == (f"line {4 + records}", True)


def test_two_statements_of_one_line_each_may_be_two_deposits():
    file = read_bank_file(bai2(ONE, 2, 8000, 3))

    assert (file.problems, len(file.statements)) == ((), 2)
