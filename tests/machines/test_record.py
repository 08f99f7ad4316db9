"""The facts as they are kept, and what holds of the gate whatever the facts."""

import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.machines.rules import (
    ARTICLES,
    RESULTS_OF,
    Change,
    Check,
    ClearanceKind,
    ClearanceResult,
    Declaration,
    Exposure,
    Facts,
    Hours,
    Machine,
    Opinion,
    Paper,
    Permit,
    Request,
    Settings,
    Severity,
    Supervision,
    Training,
    Young,
    from_json,
    replay,
    to_json,
    verdict,
)
from app.machines.rules.spans import birthday
from tests.machines.cases import CAP, GOOD, LATHE, SETTINGS, ask, young
from tests.machines.scenarios import DAY

days = st.dates(date(2021, 1, 1), date(2029, 12, 31))
some_days = st.one_of(st.none(), days)
codes = st.lists(st.sampled_from(sorted(ARTICLES)), max_size=3, unique=True).map(tuple)
derogable = st.sampled_from(["D4153-17", "D4153-22", "D4153-28", "D4153-29", "D4153-30"])
texts = st.lists(st.sampled_from(["TOUR", "SCIE", CAP, "Maître d’atelier", "Atelier A"]), max_size=3).map(tuple)
decimals = st.decimals(Decimal("0.1"), Decimal(99), places=1)
maybe = st.one_of(st.none(), decimals)
minutes = st.integers(0, 600)
changes = st.builds(Change, days, codes, texts, texts)
declarations = st.builds(
    Declaration, st.just("D"), days, codes, texts, texts, texts, texts, st.lists(changes, max_size=2).map(tuple)
)
papers = st.lists(st.builds(Paper, days, some_days, st.sampled_from(["", "BS", "B1V"]), st.booleans()), max_size=2)


def several(strategy, most=2):
    return st.lists(strategy, max_size=most).map(tuple)


facts = st.builds(
    Facts,
    several(declarations),
    several(st.builds(Training, days, st.sampled_from(RESULTS_OF[ClearanceKind.SAFETY]))),
    several(st.builds(Opinion, days, st.booleans(), codes)),
    several(st.builds(Supervision, st.just("Karim"), minutes, minutes, st.booleans(), texts)),
    several(st.builds(Permit, days, st.sampled_from(RESULTS_OF[ClearanceKind.PERMIT]), some_days)),
    *(papers.map(tuple) for _ in range(5)),
    several(st.builds(Hours, days, minutes, minutes), 4),
    st.sampled_from(["", "Noël"]),
    several(st.builds(Exposure, decimals, minutes)),
)
machines = st.builds(
    Machine, st.sampled_from(["TOUR", "SCIE"]), st.just("Tour"), codes, some_days, codes,
    st.sampled_from(["", "Atelier A"]), st.booleans(), st.sampled_from(["", "BS"]), maybe, maybe, st.booleans(), texts,
)  # fmt: skip
youngs = st.builds(Young, st.dates(date(2003, 1, 1), date(2014, 12, 31)), st.sampled_from([CAP, ""]), maybe)
requests = st.builds(Request, days, youngs, machines, st.one_of(st.none(), minutes), minutes, st.booleans())
settings = st.builds(Settings, st.sampled_from([(), (Check.HOURS,), (Check.HOURS, Check.PERMIT)]))
ORDER = list(Check)


@given(requests, facts, settings)
def test_what_is_kept_gives_the_same_verdict_again(request, facts, settings):
    kept = to_json(request, facts, settings)
    assert from_json(kept) == (request, facts, settings)
    assert replay(kept) == verdict(request, facts, settings)


@given(requests, facts, settings)
def test_findings_come_once_each_and_in_order(request, facts, settings):
    answer = verdict(request, facts, settings)
    places = [ORDER.index(finding.check) for finding in answer.findings]
    assert places == sorted(set(places))
    assert answer.allowed == (not answer.codes)
    assert list(answer.codes) == [finding.check.value for finding in answer.findings if finding.blocks]


@given(requests, facts, settings)
def test_an_adult_never_fails_a_check_of_minors(request, facts, settings):
    day = max(request.day, birthday(request.young.born_on, 18))
    answer = verdict(replace(request, day=day), facts, settings)
    assert not any(finding.check.order <= 10 for finding in answer.findings)
    assert not {Check.LOAD, Check.HOURS, Check.VIBRATION} & {finding.check for finding in answer.findings}


def satisfying(request):
    """For each kind of fact one that leaves nothing to wish for."""
    machine, day = request.machine, request.day
    whole = Declaration(
        "Z", day, machine.articles, (machine.code,), (request.young.diploma,), (machine.place,) if machine.place else ()
    )
    return {
        "declarations": whole,
        "trainings": Training(day, ClearanceResult.PASSED),
        "opinions": Opinion(day, fit=True),
        "supervisions": Supervision("Sophie", 0, 1440),
        "permits": Permit(day, ClearanceResult.ALONE),
        "driving_trainings": Paper(day),
        "driving_permits": Paper(day),
        "driving_attestations": Paper(day),
        "electrical": Paper(day, level=machine.electrical),
        "handling": Paper(day),
    }


@given(requests, facts, settings, st.data())
def test_a_fact_that_satisfies_makes_no_other_check_fail(request, facts, settings, data):
    name, fact = data.draw(st.sampled_from(sorted(satisfying(request).items(), key=lambda item: item[0])))
    before = verdict(request, facts, settings)
    if before.codes == ("G01_INTERDIT",):
        return  # nothing else was asked
    after = verdict(request, replace(facts, **{name: (*getattr(facts, name), fact)}), settings)
    known = {finding.check for finding in before.findings}
    # What was not asked before because an earlier check failed may fail now; nothing that held may.
    assert {finding.check for finding in after.findings if not finding.ok} & known <= {
        finding.check for finding in before.findings if not finding.ok
    }


@given(requests, facts)
def test_the_school_s_settings_change_no_check_of_law(request, facts):
    strict = Settings((Check.HOURS, Check.PERMIT))
    soft, hard = verdict(request, facts, SETTINGS), verdict(request, facts, strict)
    assert set(soft.codes) <= set(hard.codes)
    assert set(hard.codes) - set(soft.codes) <= {"G14_DUREE", "G16_HABILITATION_INTERNE"}


@given(requests, facts, settings)
def test_a_refusal_speaks_to_everybody_and_tells_the_pupil_nothing_of_their_health(request, facts, settings):
    for finding in verdict(request, facts, settings).findings:
        assert finding.reason.endswith(".")
        if finding.ok:
            continue
        assert 0 < len(finding.short) <= 32
        assert len(finding.told.split()) <= 10 * finding.told.count(".")
        assert not re.search("médica|apte|avis|santé|poids|attestation", finding.told)


def test_what_is_kept_is_small_readable_and_names_its_rules():
    kept = json.loads(to_json(Request(DAY, young(), LATHE), GOOD, SETTINGS))
    assert kept["rules"] == 1
    assert kept["settings"] == {}
    assert kept["facts"]["opinions"] == [{"on": "2026-09-15", "fit": True}]
    assert kept["request"]["day"] == "2026-11-24"


def test_what_was_kept_before_a_field_existed_is_still_read():
    kept = json.loads(to_json(Request(DAY, young(), LATHE), GOOD, SETTINGS))
    del kept["facts"]["permits"]
    assert replay(json.dumps(kept)) == ask(fact_permits=())


def test_rules_that_nobody_knows_are_not_guessed():
    kept = json.loads(to_json(Request(DAY, young(), LATHE), GOOD, SETTINGS)) | {"rules": 99}
    with pytest.raises(KeyError):
        replay(json.dumps(kept))


def test_only_settings_can_be_softened():
    assert {check for check in Check if check.is_setting} == {Check.HOURS, Check.PERMIT}
    for check in Check:
        if not check.is_setting and check is not Check.PPE:
            assert Settings((check,)).severity(check) == Severity.BLOCKING
    assert Settings((Check.PPE,)).severity(Check.PPE) == Severity.WARNING
