from incidents.rules.service import load_rules


def test_a_desk_reads_which_rules_are_in_use(client, parts):
    with parts.transaction() as door:
        load_rules(door)
    rules = client("analyst").get("/api/v1/rules").json["rules"]
    assert {rule["status"] for rule in rules} == {"on", "shadow"}
    assert "E12-mission-safety" in {rule["rule_id"] for rule in rules}
    assert client("liaison").get("/api/v1/rules").status_code == 403
