"""camt.053 bank statements (ISO 20022), any of its versions: what is read stands in all of them."""

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from xml.etree import ElementTree

from cleanclaim.edi.bank.trace import trace_of
from cleanclaim.edi.fields import amount
from cleanclaim.kernel.errors import InputError
from cleanclaim.kernel.money import ZERO, total
from cleanclaim.values.bank import BankFile, BankLine, BankProblem, BankStatement

_NAMESPACE = re.compile(r"urn:iso:std:iso:20022:tech:xsd:camt\.05[34]\.001\.[0-9]{2}")
_WORDS = ("AddtlTxInf", "AddtlNtryInf")
_AMOUNTS = ("Amt", "AmtDtls/TxAmt/Amt")
_NOT_BOOKED = ("PDNG", "INFO", "FUTR")
_REFERENCES = ("EndToEndId", "InstrId", "TxId", "ChqNb", "AcctSvcrRef", "NtryRef")


def read_camt053(data: bytes) -> BankFile:
    """The statements of the file; lines that do not add up to the balances are a problem.

    Raises:
        InputError: it is no well-formed camt.053, or declares a document type (which a bank never needs).
    """
    plain = data.replace(b"\0", b"")  # UTF-16 says the same in twice the bytes
    if b"<!DOCTYPE" in plain or b"<!ENTITY" in plain:
        raise InputError(
            "camt.053: a document type or entity is declared, which no bank needs: not read"
        )
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise InputError(f"camt.053: not well-formed XML: {error}") from error
    namespace = root.tag.partition("}")[0].lstrip("{")
    if not _NAMESPACE.fullmatch(namespace):
        raise InputError(
            f"not a camt.053 file: found {root.tag[:60]!r}, expected a camt.053 document"
        )
    reader = _Reader(f"{{{namespace}}}")
    found = tuple(
        reader.statement(node, n) for n, node in enumerate(root.iter(reader.ns + "Stmt"), 1)
    )
    if not found:
        reader.problem("file", "holds no statement (Stmt)")
    return BankFile("camt.053", found, tuple(reader.problems))


class _Reader:
    def __init__(self, ns: str) -> None:
        self.ns = ns
        self.problems: list[BankProblem] = []

    def problem(self, place: str, message: str) -> None:
        self.problems.append(BankProblem(place, message))

    def text(self, node: ElementTree.Element, path: str) -> str:
        found = node.find(self._path(path))
        return (found.text or "").strip() if found is not None else ""

    def _path(self, path: str) -> str:
        return "/".join(self.ns + name for name in path.split("/"))

    def statement(self, node: ElementTree.Element, number: int) -> BankStatement:
        where = f"statement {number}"
        account = self.text(node, "Acct/Id/IBAN") or self.text(node, "Acct/Id/Othr/Id")
        balances = {self.text(b, "Tp/CdOrPrtry/Cd"): b for b in node.findall(self._path("Bal"))}
        # A bank may tell the closing balance of the day before in place of the opening one.
        first = balances.get("OPBD", balances.get("PRCD"))
        opening = self._signed(first, where) if first is not None else None
        closing = self._signed(balances["CLBD"], where) if "CLBD" in balances else None
        told = balances.get("CLBD")
        booked_on = self._day(told, "Dt", where) if told is not None else None
        lines = tuple(
            line
            for n, entry in enumerate(node.findall(self._path("Ntry")), 1)
            for line in self._entry(entry, f"{where}, entry {n}")
        )
        if opening is not None and closing is not None:
            moved = total(line.amount for line in lines)
            if opening + moved != closing:
                self.problem(
                    where,
                    f"opening {opening} and lines {moved} make {opening + moved}, closing says {closing}",
                )
        self._summary(node, where)
        currency = self.text(node, "Acct/Ccy") or self._currency(node)
        self._one_currency(node, currency, where)
        last = max((line.booked_on for line in lines), default=date.min)
        return BankStatement(account, currency, booked_on or last, lines, opening, closing)

    def _summary(self, node: ElementTree.Element, where: str) -> None:
        """The control totals of its entries, where the bank tells them: how many, and their sum without signs."""
        entries = node.findall(self._path("Ntry"))
        for name, sign in (("TtlNtries", ""), ("TtlCdtNtries", "CRDT"), ("TtlDbtNtries", "DBIT")):
            some = [one for one in entries if sign in ("", self.text(one, "CdtDbtInd"))]
            count = self.text(node, f"TxsSummry/{name}/NbOfNtries")
            if count and count.lstrip("0") != str(len(some)).lstrip("0"):
                self.problem(
                    where, f"TxsSummry, {name}: says {count[:20]!r} entries, counted {len(some)}"
                )
            told = self.text(node, f"TxsSummry/{name}/Sum")
            moved = total(amount(self.text(one, "Amt")) or ZERO for one in some)
            if told and amount(told) != moved:
                self.problem(
                    where, f"TxsSummry, {name}: says {told[:20]!r}, its entries make {moved}"
                )

    def _currency(self, node: ElementTree.Element) -> str:
        found = node.find(f".//{self.ns}Amt")
        return found.get("Ccy", "USD") if found is not None else "USD"

    def _one_currency(self, node: ElementTree.Element, currency: str, where: str) -> None:
        """An entry is in its account's currency; what it was before the bank changed it stands in its details."""
        for n, entry in enumerate(node.findall(self._path("Ntry")), 1):
            told = entry.find(self._path("Amt"))
            given = told.get("Ccy", currency) if told is not None else currency
            if given != currency:
                self.problem(f"{where}, entry {n}", f"in {given[:3]}: expected {currency}")

    def _entry(self, entry: ElementTree.Element, where: str) -> Iterator[BankLine]:
        """The lines of one entry: one for each of its transactions where they tell amounts that add up to it."""
        status = (
            self.text(entry, "Sts") or self.text(entry, "Sts/Cd") or self.text(entry, "Sts/Prtry")
        )
        if status in _NOT_BOOKED:
            return  # pending or for information: not on the account yet
        if status not in ("", "BOOK"):
            self.problem(where, f"status {status[:20]!r}: expected BOOK, {', '.join(_NOT_BOOKED)}")
            return
        if not self.text(entry, "CdtDbtInd"):
            self.problem(where, "no CdtDbtInd: expected CRDT or DBIT, whether money came or went")
            return
        booked_on = self._day(entry, "BookgDt", where) or self._day(entry, "ValDt", where)
        money = self._signed(entry, where)
        if booked_on is None or money is None:
            if booked_on is None:
                self.problem(where, "no booking day (BookgDt)")
            return
        value_on = self._day(entry, "ValDt", where)
        code = self.text(entry, "BkTxCd/Prtry/Cd") or "/".join(
            filter(
                None,
                (self.text(entry, f"BkTxCd/Domn/{p}") for p in ("Cd", "Fmly/Cd", "Fmly/SubFmlyCd")),
            )
        )
        details = entry.findall(self._path("NtryDtls/TxDtls"))
        sign = self.text(entry, "CdtDbtInd")
        currency = self._told_in(entry, "Amt")
        amounts = [
            self._signed(one, where, else_sign=sign, path=path)
            for one in details
            for path in [self._amount_path(one, currency)]
            if path
        ]
        if self.text(entry, "RvslInd") in ("true", "1"):
            amounts = self._taken_back(amounts, money)
        if len(details) > 1 and len(amounts) == len(details) and None not in amounts:
            if total(one for one in amounts if one is not None) == money:
                for n, (one, part) in enumerate(zip(details, amounts, strict=True), 1):
                    assert part is not None
                    yield self._line(part, booked_on, value_on, code, [one], f"{where}.{n}")
                return
            self.problem(where, f"its transactions do not add up to {money}")
        yield self._line(money, booked_on, value_on, code, [entry], where)

    def _line(
        self, money: Decimal, booked_on: date, value_on: date | None, code: str,
        nodes: list[ElementTree.Element], where: str,
    ) -> BankLine:  # fmt: skip
        words: list[str] = []
        references: list[str] = []
        for node in nodes:
            for part in node.iter():
                name, text = part.tag.removeprefix(self.ns), (part.text or "").strip()
                if text and (name == "Ustrd" or name in _WORDS):
                    words.append(text)
                if text and name in _REFERENCES and text != "NOTPROVIDED":
                    references.append(text)
        said = " ".join(words)
        trace, payer = trace_of(said)
        return BankLine(
            money,
            booked_on,
            value_on,
            code,
            trace,
            payer,
            tuple(dict.fromkeys(references)),
            said,
            where,
        )

    def _amount_path(self, node: ElementTree.Element, currency: str) -> str:
        """Where a transaction tells its amount, in its entry's currency if it can; empty where it tells none."""
        told = [one for one in _AMOUNTS if node.find(self._path(one)) is not None]
        own = [one for one in told if self._told_in(node, one) == currency]
        return next(iter(own or told), "")

    def _told_in(self, node: ElementTree.Element, path: str) -> str:
        found = node.find(self._path(path))
        return "" if found is None else found.get("Ccy", "")

    def _taken_back(self, amounts: list[Decimal | None], money: Decimal) -> list[Decimal | None]:
        """The transactions of an entry that reverses another may bear the sign of what they take back."""
        told = [one for one in amounts if one is not None]
        if told and total(told) == -money and len({one > 0 for one in told}) == 1:
            return [-one for one in told]
        return amounts

    def _signed(
        self, node: ElementTree.Element, where: str, *, else_sign: str = "", path: str = "Amt"
    ) -> Decimal | None:
        text, sign = self.text(node, path), self.text(node, "CdtDbtInd") or else_sign
        found = amount(text)
        if found is None or found < 0 or sign not in ("CRDT", "DBIT", ""):
            self.problem(
                where, f"amount {text[:20]!r} {sign[:10]!r}: expected a number, and CRDT or DBIT"
            )
            return None
        return -found if sign == "DBIT" else found

    def _day(self, node: ElementTree.Element, path: str, where: str) -> date | None:
        text = (
            self.text(node, f"{path}/Dt")
            or self.text(node, f"{path}/DtTm")
            or self.text(node, path)
        )
        if not text:
            return None
        try:
            return date.fromisoformat(text[:10])
        except ValueError:
            self.problem(where, f"{path} {text[:20]!r}: expected a day like 2026-11-30")
            return None
