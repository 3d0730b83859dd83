"""The catalogue that ships, and the ways to ask it."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import pytest

from layers.catalogue import (
    STANDING,
    Catalogue,
    DesignationClass,
    Realm,
    Relation,
    State,
    Status,
    UnknownSiteError,
)
from layers.catalogue.tables import site_record

SHARED = Path(__file__).parents[3] / "../shared/data"


def test_at_least_120_standing_sites_with_a_point_are_strictly_on_a_border(catalogue):
    """Counted: state active (not merged, planned, unverified, split), a point, relation on."""
    on_border = [
        site
        for site in catalogue
        if site.state is State.ACTIVE and site.has_point and site.relation is Relation.ON
    ]
    assert len(on_border) >= 120
    # Without Ramsar, biosphere and heritage designations of ground listed under another row.
    once = [site for site in on_border if not site.same_area_as]
    assert len(once) >= 100


def test_more_are_near_inland_and_on_the_flyway(catalogue):
    found = Counter(site.relation for site in catalogue)
    assert found[Relation.NEAR] >= 50
    assert found[Relation.INLAND] >= 15
    assert found[Relation.FLYWAY] >= 5


def test_states_are_marked(catalogue):
    found = Counter(site.state for site in catalogue)
    assert found[State.MERGED] == 7
    assert found[State.PLANNED] == 6
    assert found[State.UNVERIFIED] == 10
    assert len(catalogue.select(states=STANDING)) == found[State.ACTIVE] + 1
    assert catalogue["borisovskoe-plateau-zakaznik"].state is State.MERGED
    for site in catalogue.select(states=[State.MERGED]):
        assert site.replaced_by


def test_every_filled_field_has_a_status_and_a_source(catalogue):
    skipped = {"site_id", "source"}
    for site in catalogue:
        for field, value in site_record(site).items():
            if value in {None, ""} or field in skipped or field.endswith("_status"):
                continue
            entries = site.provenance.get(field, ())
            assert entries, (site.site_id, field)
            assert all(entry.source for entry in entries), (site.site_id, field)


def test_the_first_published_value_is_the_one_in_use(catalogue):
    numeric = {"lat": "lat", "lon": "lon", "area_km2": "area_km2", "year": "year"}
    for site in catalogue:
        for field in numeric:
            value = getattr(site, field)
            if value is not None:
                assert float(site.provenance[field][0].value) == value, (site.site_id, field)


def test_conflicting_published_values_are_kept(catalogue):
    area = catalogue["northeast-china-tiger-and-leopard-national-park"].provenance["area_km2"]
    assert area[0].value == "14065"
    assert "14612" in {entry.value for entry in area[1:]}
    wrong = catalogue["dongfanghong-wetland-national-nature-reserve"]
    assert wrong.area_km2 == pytest.approx(466.18)
    assert "ERROR" in wrong.provenance["area_km2"][0].note
    assert {e.status for e in wrong.provenance["area_km2"]} == {Status.CONFLICT}


def test_refuted_adjacencies_are_not_used_but_kept(catalogue):
    site = catalogue["great-gobi-b-strictly-protected-area"]
    assert site.adjoining == ()
    assert site.adjoining_text == "Kalamaili NR"
    assert catalogue["tujiin-nars-national-park"].adjoining == ()


def test_a_border_always_holds_a_country_of_the_site(catalogue):
    for site in catalogue:
        for border in site.borders:
            if border.pair:
                assert set(border.pair.split("-")) & set(site.countries), site.site_id
            else:
                assert border.relation in {Relation.INLAND, Relation.FLYWAY}


def test_the_meeting_point_of_three_countries_is_given_pair_by_pair(catalogue):
    area = catalogue["dauria-international-protected-area"]
    assert [b.pair for b in area.borders] == ["CHN-MNG", "CHN-RUS", "MNG-RUS"]
    assert [str(b) for b in catalogue["mongol-daguur-ramsar-site"].borders] == ["MNG-RUS (on)"]


def test_same_area_is_mutual_and_parts_share_a_country(catalogue):
    for site in catalogue:
        for other in site.same_area_as:
            assert site.site_id in catalogue[other].same_area_as
        for whole in site.part_of:
            assert set(site.countries) <= set(catalogue[whole].countries)


def test_labels_never_repeat_the_class(catalogue):
    assert all(site.designation_class not in site.labels for site in catalogue)
    paired = catalogue["hanma-national-nature-reserve"]
    assert paired.designation == "National Nature Reserve; BR; Ramsar"
    assert paired.designation_class is DesignationClass.NATIONAL_NATURE_RESERVE
    assert paired.labels == (
        DesignationClass.BIOSPHERE_RESERVE,
        DesignationClass.RAMSAR_SITE,
    )


@pytest.mark.reference
def test_no_row_and_no_value_of_the_first_compilation_is_lost(catalogue):
    if not (SHARED / "border_pas.csv").exists():
        pytest.skip("the first compilation does not lie beside the repository")
    with (SHARED / "border_pas.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    by_name = {site.name_en: site for site in catalogue}
    assert set(by_name) == {row["name_en"] for row in rows}
    for row in rows:
        site = by_name[row["name_en"]]
        assert site.designation == row["designation"]
        assert site.name_local == row["name_local"]
        assert site.border_text == row["border"]
        assert set(site.countries) == set(row["iso3"].split(";"))
        assert site.area_km2 == (float(row["area_km2"]) if row["area_km2"] else None)
        assert site.lat == (float(row["lat"]) if row["lat"] else None)
        assert site.lon == (float(row["lon"]) if row["lon"] else None)
        if row["adjoining"]:
            assert site.adjoining or site.adjoining_text


def test_nothing_in_the_files_points_to_a_place_of_work(catalogue):
    for site in catalogue:
        texts = [
            site.source,
            *(f"{e.source} {e.note}" for es in site.provenance.values() for e in es),
        ]
        assert not any(
            word in text for text in texts for word in ("shared/data", "find_string")
        )


def test_selecting_by_each_condition(catalogue):
    chosen = catalogue.select(countries=["PRK"])
    assert all("PRK" in site.countries for site in chosen)
    assert len(chosen) == 23
    assert catalogue.select(border="RUS-CHN").sites == catalogue.select(border="CHN-RUS").sites
    near = catalogue.select(border="CHN-RUS", relation=[Relation.NEAR])
    assert "bikin-national-park" in near
    assert "land-of-the-leopard-national-park" not in near
    assert "bikin-national-park" in catalogue.select(species=["amur-tiger"])
    ramsar = catalogue.select(designation_classes=[DesignationClass.RAMSAR_SITE])
    assert "zhalong-national-nature-reserve" in ramsar  # by label
    boxed = catalogue.select(region_bounds=(130.0, 42.0, 132.0, 44.0))
    assert "kedrovaya-pad-nature-reserve" in boxed
    assert all(site.has_point for site in boxed)
    assert [s.site_id for s in catalogue.select(text="кедровая")] == [
        "kedrovaya-pad-nature-reserve"
    ]
    assert catalogue.select().sites == catalogue.sites
    assert catalogue.select(states=None).sites == catalogue.sites


@pytest.mark.parametrize(
    "name",
    ["kedrovaya-pad-nature-reserve", "Kedrovaya Pad Nature Reserve", "кедровая", "PAD N"],
)
def test_finding_by_any_name(catalogue, name):
    assert catalogue.find(name).site_id == "kedrovaya-pad-nature-reserve"


def test_an_unknown_name_offers_the_nearest(catalogue):
    with pytest.raises(UnknownSiteError, match=r"Did you mean .*bikin-national-park"):
        catalogue.find("bikn-national-park")
    with pytest.raises(UnknownSiteError, match=r"Did you mean .*bikin-national-park"):
        catalogue["bikin-nationalpark"]


def test_an_ambiguous_name_lists_the_candidates(catalogue):
    with pytest.raises(UnknownSiteError, match="sites go by") as caught:
        catalogue.find("Mongol Daguur")
    assert "mongol-daguur-ramsar-site" in str(caught.value)


def test_an_empty_name_is_refused(catalogue):
    with pytest.raises(UnknownSiteError, match="empty name"):
        catalogue.find("  ")


def test_the_content_hash_follows_the_content(catalogue, make_site):
    assert catalogue.content_hash == Catalogue.load().content_hash
    assert Catalogue([make_site("a")]).content_hash != Catalogue([make_site("b")]).content_hash


def test_equal_ids_are_refused(make_site):
    with pytest.raises(ValueError, match="must differ"):
        Catalogue([make_site("a"), make_site("a")])


def test_marine_sites_are_few_and_named(catalogue):
    marine = [site.site_id for site in catalogue if site.realm is Realm.MARINE]
    assert marine == [
        "far-eastern-marine-biosphere-reserve",
        "ganghwa-tidal-flat-and-spoonbill-breeding-site",
    ]
