"""What becomes of each 835 of the sample collection, and why: reviewed by a person.

A refused file is answered with a 999 and becomes work; nothing of it is posted. The three of the collection that are said to be
valid and are refused all the same (managed-care, cob-contractural-adjustment, moov's sample2) lack required segments
or have days that no calendar has. Of the nine claims of multiple-claims-single-check one is posted: all nine carry one and the
same control number and payer's number.
"""

OUTCOMES: dict[str, tuple[str, ...]] = {
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_4010/Example1_GripElements.txt": (
        "refused: message 07504123, ST03: guide 004010X091A1 is not supported",
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_4010/FromNth/835_DeIdent_02.dat": (
        "refused: message 9999999991: ST02: expected a control number of 4 to 9 characters (and 12 more)",
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_5010/Example1.txt": (
        "refused: message 07504123, ST03: guide 5010 is not supported",
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_5010/ExampleFromNth.txt": (
        "refused: message 8001, segment 2 BPR02: payment less claims paid plus provider adjustments leaves 223.93, expected 0.00 (and 187 more)",
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_5010/FromNth/835_WithMultipleInterchanges.txt": (
        "refused: message 8001, segment 2 BPR02: payment less claims paid plus provider adjustments leaves 223.93, expected 0.00 (and 187 more)",
    ),
    "LinuxForHealth_x12/src/tests/resources/835_005010X221A1/managed-care.835": (
        "refused: message 112233, segment 2 BPR16: not a day of the calendar, expected CCYYMMDD",
    ),
    "LinuxForHealth_x12/src/tests/resources/835_005010X221A1/medicare-part-a.835": (
        "posted 150000.00 of 2 claims",
    ),
    "TigerShark/X12-0.08/t/sample_835.txt": (
        "refused: message 1234: SE01 says 1, the message has 28 segments including ST and SE (and 1 more)",
    ),
    "TigerShark/tests/5010-835-example-1.txt": ("posted 1790.00 of 3 claims",),
    "TigerShark/tests/5010-835-example-2.txt": ("posted 100.00 of 2 claims",),
    "TigerShark/tests/5010-835-example-3.txt": ("posted 57.44 of 2 claims",),
    "badX12/tests/files/errors/error_validation.edi": (
        "refused: message 112233: SE01 says 30, the message has 27 segments including ST and SE (and 2 more)",
    ),
    "edi-835-parser/tests/test_edi_835_files/united_healthcare_legacy_sample.txt": (
        "posted 349.99 of 2 claims",
    ),
    "kputnam_stupidedi/spec/fixtures/004010/X091A1 HP835 Health Care Claim Payment Advice/case/1.edi": (
        "refused: message 0001, ST03: guide 004010X091A1 is not supported",
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221 HP835 Health Care Claim Payment Advice/case/1.edi": (
        'refused: byte 1: found "Bus", expected ISA (the file is not X12). Check that this is the right file; nothing was changed.',
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221 HP835 Health Care Claim Payment Advice/case/2.edi": (
        'refused: byte 1: found "Bus", expected ISA (the file is not X12). Check that this is the right file; nothing was changed.',
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221A1 HP835 Health Care Claim Payment Advice/pass/dollars-and-data-sent-separate.edi": (
        "posted 945.00 of 2 claims",
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221A1 HP835 Health Care Claim Payment Advice/pass/dollars-and-data-sent-together.edi": (
        "posted 150000.00 of 2 claims",
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221A1 HP835 Health Care Claim Payment Advice/pass/era-sample.edi": (
        "posted 132.00 of 1 claims",
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221A1 HP835 Health Care Claim Payment Advice/pass/multiple-claims-single-check.edi": (
        "posted 810.80 of 9 claims; 7722337 held: line 1 of the claim is answered a second time in this payment; 7722337 held: line 1 of the claim is answered a second time in this payment; 7722337 held: a line of the payment fits none of the claim's charges; 7722337 held: a line of the payment fits none of the claim's charges; 7722337 held: line 1 of the claim is answered a second time in this payment; 7722337 held: line 1 of the claim is answered a second time in this payment; 7722337 held: a line of the payment fits none of the claim's charges; 7722337 held: a line of the payment fits none of the claim's charges",
    ),
    "moov-io_x12/examples/example_5010_835/sample2.txt": (
        "refused: message 1736, segment 2 BPR16: not a day of the calendar, expected CCYYMMDD (and 1 more)",
    ),
    "own_generated/835_break_check.edi": (
        "refused: message 0001, segment 2 BPR02: payment less claims paid plus provider adjustments leaves 1.00, expected 0.00",
    ),
    "own_generated/835_break_claim.edi": (
        "refused: message 0001, segment 2 BPR02: payment less claims paid plus provider adjustments leaves -5.00, expected 0.00 (and 1 more)",
    ),
    "own_generated/835_break_line.edi": (
        "refused: message 0001, segment 20 SVC03: charge less paid less adjustments leaves -1.00, expected 0.00",
    ),
    "own_generated/835_break_se.edi": (
        "refused: message 0001: SE01 says 255, the message has 254 segments including ST and SE",
    ),
    "own_generated/835_valid_9_multist.edi": (
        "posted 73.72 of 4 claims",
        "posted 597.61 of 4 claims",
        "posted 183.26 of 1 claims",
    ),
    "own_generated/mutations/835__SE01__d.edi": (
        "refused: message 0001: SE01 says 75, the message has 72 segments including ST and SE",
    ),
    "own_generated/mutations/835__SE02__d.edi": (
        "refused: message 0001: SE02 '9990' is not ST02 '0001'",
    ),
    "own_generated/mutations/835__bad_date_DTM__d.edi": (
        "refused: message 0001, segment 5 DTM02: not a day of the calendar, expected CCYYMMDD",
    ),
    "own_generated/mutations/835__badchar__d.edi": (
        "refused: message 0001, segment 19 NM103: control character",
    ),
    "own_generated/mutations/835__missing_BPR__d.edi": (
        "refused: message 0001, segment 2: BPR is required before this segment",
    ),
    "own_generated/mutations/835__toolong__d.edi": (
        "refused: message 0001, segment 19 NM103: 61 characters, expected at most 60",
    ),
    "LinuxForHealth_x12/src/tests/resources/835_005010X221A1/cob-contractural-adjustment.835": (
        "refused: message 0001, segment 2 BPR16: required and missing (and 2 more)",
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X221A1 HP835 Health Care Claim Payment Advice/pass/secondary-payment-with-higher-fee-schedule.edi": (
        "posted 34.00 of 1 claims",
    ),
}
