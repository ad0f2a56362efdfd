"""What we object to in files that their origin takes for good, and where our answer to a bad one has another code.

Each row says which finding (carrier, code, segment) it is and why the origin is wrong or the code is another.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Objection:
    """The finding that refuses the file, and why that is right."""

    carrier: str
    code: str
    segment: str
    why: str


_NO_KIND = "GS01 says XX, which stands for no kind of message; a 271 belongs into an HB group"

OBJECTIONS: dict[str, Objection] = {
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/ValidationForReceiverName.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/ValidationOnAll.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/Example_3_1_2.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/Example_3_1_3.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/Example_3_2_2.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/Example_ErrorWithoutBenefitInfo.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/ValidationForDependentBenefitInfo.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/ValidationForDependentName.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/ValidationForSubscriberBenefitInfo.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Eligibility/TestData/_271/_5010/ValidationForSubscriberName.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_271/_5010/Example_3_1_2.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_271/_5010/Example_3_1_3.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_271/_5010/Example_3_2_2.txt": Objection(
        "IK502", "18", "ST", _NO_KIND
    ),
    "LinuxForHealth_x12/src/tests/resources/837_005010X223A3/out-of-network-repriced-claim.837i": Objection(
        "IK403", "1", "CLM", "ISA16 says `:`, yet CLM05 and HI are put together with `>`"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Hipaa.Tests.Unit/Claims/TestData/ProfessionalClaim1.txt": Objection(
        "IK502", "4", "SE", "SE01 says 42, the message has 61 segments; charges do not add up"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/Acknowledgments/_999/DHS_Wisconsin_Sample.txt": Objection(
        "IK403", "4", "AK2", "the answered ST02 has three characters, it has four at least"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_276/_5010/277_Deidentified_from_nth.txt": Objection(
        "IK403", "9", "BHT", "the time was masked as 9999, which is none"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_277/_5010/FromLatitude81uk.txt": Objection(
        "IK403",
        "5",
        "BHT",
        "the header was masked with digits that are no code, no date and no time",
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_4010/FromNth/835_DeIdent_02.dat": Objection(
        "IK502", "7", "ST", "ST02 was masked with ten digits, one more than it holds"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_5010/ExampleFromNth.txt": Objection(
        "IK403", "I12", "BPR", "the amounts were masked one by one and no longer add up"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_835/_5010/FromNth/835_WithMultipleInterchanges.txt": Objection(
        "IK403", "I12", "BPR", "the amounts were masked one by one and no longer add up"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837I/_5010/Spec_3.1.2_TwoClaimsForTheSameProvider.txt": Objection(
        "IK502", "19", "ST", "GS08 names the professional guide X222, ST03 the institutional X223"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837I/_5010/Spec_3.1.4_OutOfNetworkRepricedClaim.txt": Objection(
        "IK502", "19", "ST", "GS08 names the professional guide X222, ST03 the institutional X223"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837P/_4010/FromNth/837_DeIdent_01.dat": Objection(
        "TA105", "001", "IEA", "ISA13 was masked, IEA02 was not"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837P/_4010/FromNth/837_DeIdent_02.dat": Objection(
        "TA105", "001", "IEA", "ISA13 was masked, IEA02 was not"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837P/_4010/FromNth/837_DeIdent_04.dat": Objection(
        "TA105", "001", "IEA", "ISA13 was masked, IEA02 was not"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837P/_5010/MedicaidExample.txt": Objection(
        "IK304", "3", "HI", "masked: no diagnoses, codes of no list, a total that is not its lines'"
    ),
    "LinuxForHealth_x12/src/tests/resources/271_005010X279A1/subscriber-health-benefit-check-error.271": Objection(
        "IK502", "3", "SE", "SE02 4323 is not ST02 4321"
    ),
    "LinuxForHealth_x12/src/tests/resources/834_005010X220A1/enroll-employee-managed-care.834": Objection(
        "IK403",
        "7",
        "DTP",
        "DTP01 358 is no date of the member level of the guide; its twin elsewhere says 356",
    ),
    "LinuxForHealth_x12/src/tests/resources/835_005010X221A1/cob-contractural-adjustment.835": Objection(
        "IK403",
        "1",
        "BPR",
        "no payment date, and components are separated by another character than ISA16 says",
    ),
    "LinuxForHealth_x12/src/tests/resources/835_005010X221A1/managed-care.835": Objection(
        "IK403", "8", "BPR", "the payment date has month 23"
    ),
    "LinuxForHealth_x12/src/tests/resources/837_005010X222A2/demo.cob.example3.A.837": Objection(
        "IK304", "3", "NM1", "other coverage (2320) without its payer (2330B)"
    ),
    "TigerShark/X12-0.08/t/sample_835.txt": Objection(
        "IK502", "4", "SE", "SE01 says 1; GS has no control number either"
    ),
    "TigerShark/tests/837I-Patient-NotSubscriber2.txt": Objection(
        "IK502", "4", "SE", "SE01 says 61, the message has 60 segments"
    ),
    "TigerShark/tests/TEST 278_28 TXNS_SOA.txt": Objection(
        "TA105",
        "001",
        "IEA",
        "an interchange ends without a segment terminator, so that its IEA02 runs into the next ISA",
    ),
    "imsweb_x12-parser/src/test/resources/277_5010/x12_277_x212.txt": Objection(
        "TA105", "001", "IEA", "IEA02 is not ISA13"
    ),
    "imsweb_x12-parser/src/test/resources/x270_271/x271.txt": Objection(
        "IK502", "4", "SE", "SE01 says 22, the message has 18 segments; IEA02 is not ISA13"
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X212 HR277 Heatlh Care Information Status Notification/pass/1.era": Objection(
        "TA105", "001", "IEA", "IEA02 is not ISA13"
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X217 HI278 Health Care Services Review - Request for Review and Response/pass/admission-request-for-review.edi": Objection(
        "IK502", "4", "SE", "SE01 says 25, the message has 26 segments"
    ),
    "moov-io_x12/examples/example_5010_835/sample2.txt": Objection(
        "IK403", "8", "BPR", "the payment date has day 80, and a claim does not balance"
    ),
    "node-x12/test/test-data/271.edi": Objection(
        "TA105", "023", "IEA", "the file ends within the group: no GE, no IEA"
    ),
    "xlate_staedi/src/test/resources/x12/empty997.edi": Objection(
        "IK304", "3", "AK1", "a 997 without the group that it answers and without its outcome"
    ),
    "xlate_staedi/src/test/resources/x12/issue229/837-header-ref-only.edi": Objection(
        "IK304", "3", "HL", "a header only, without a single level"
    ),
    "xlate_staedi/src/test/resources/x12/sample837-small.edi": Objection(
        "IK304", "3", "HL", "a header only, without a subscriber"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_278/_5010/Example_3_2_1_Request.txt": Objection(
        "IK502", "6", "ST", "GS08 names the guide of 270 and 271; ST03 says 005010X217"
    ),
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_278/_5010/Example_3_2_2_Response.txt": Objection(
        "IK502", "6", "ST", "GS08 names the guide of 270 and 271; ST03 says 005010X217"
    ),
    "kputnam_stupidedi/spec/fixtures/005010/X217 HI278 Health Care Services Review - Request for Review and Response/pass/request-for-non-emergency-transportation.edi": Objection(
        "IK403",
        "7",
        "HL",
        "HL 6 and 7 name the service before them as their parent, which says that it has no children",
    ),
}
# Invalid files.
ANSWERED_OTHERWISE: dict[str, Objection] = {
    "azoner_pyx12/test_x12file/missing_GE.edi": Objection(
        "AK905",
        "3",
        "GE",
        "pyx12 answers by TA1 (024); the standard has a code for a missing GE (AK905 3)",
    ),
    "azoner_pyx12/test_x12file/missing_SE.edi": Objection(
        "IK502",
        "2",
        "SE",
        "pyx12 compares SE02 with nothing (3); the standard has a code for a missing SE (2)",
    ),
    "azoner_pyx12/test_x12file/segment_empty.edi": Objection(
        "TA105",
        "024",
        "TST",
        "no group and no message: only a TA1 can answer, and its note for content out of place is 024",
    ),
    "azoner_pyx12/test_x12file/segment_id_long.edi": Objection(
        "TA105",
        "024",
        "ZZZ",
        "no group and no message: only a TA1 can answer, and its note for content out of place is 024",
    ),
    "azoner_pyx12/test_x12file/segment_id_short.edi": Objection(
        "TA105",
        "024",
        "",
        "no group and no message: only a TA1 can answer, and its note for content out of place is 024",
    ),
    "azoner_pyx12/x12testdata/ele.edi": Objection(
        "IK502",
        "I6",
        "ST",
        "the golden answer belongs to an older state of the file: its ST02 and SE02 agree; the guide is a 4010",
    ),
    "badX12/tests/files/errors/unknown_segment_error.edi": Objection(
        "IK304",
        "2",
        "NM1",
        "every tag is known; HL and NM1 stand before ST, so that what follows in the message is out of place (2)",
    ),
}
# Files in which there is no ISA.
UNREADABLE: dict[str, str] = {
    "Inteligenz_X12Parser/tests/OopFactory.X12.Tests.Unit/Parsing/_SampleEdiFiles/INS/_837P/_5010/UnicodeExample.txt": "UTF-16: every second byte is zero, so that no ISA can be found",
    "edi-835-parser/tests/test_edi_835_files/blue_cross_nc_sample.txt": "begins with ST: there is no interchange around the message",
    "badX12/tests/files/errors/bad_file.edi": "two words of text",
}
