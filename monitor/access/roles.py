"""The role matrix. Administrators run the system and have no power over content."""

_READ = {
    "monitor:people:read",
    "monitor:place:read",
    "monitor:watch:read",
    "monitor:live:read",
    "monitor:log:read",
    "incidents:taxonomy:read",
    "incidents:observation:read",
    "incidents:position:read",
    "incidents:text:read",
    "incidents:media:read",
    "incidents:incident:read",
    "incidents:claim:read",
    "incidents:alert:read",
    "incidents:rule:read",
    "incidents:desk:open",
    "reports:summary:read",
}
_FILE = {
    "monitor:place:read",
    "monitor:field:open",
    "monitor:watch:file",
    "incidents:taxonomy:read",
    "incidents:observation:file",
}

ROLES: dict[str, frozenset[str]] = {
    "monitor": frozenset(_FILE | {"monitor:watch:read"}),
    "duty_officer": frozenset(
        _READ
        | _FILE
        | {
            "incidents:observation:review",
            "incidents:incident:assess",
            "incidents:alert:act",
            "incidents:claim:record",
            "incidents:rule:switch",
        }
    ),
    "analyst": frozenset(
        _READ
        | {
            "incidents:incident:assess",
            "incidents:claim:record",
            "incidents:rule:draft",
            "incidents:rule:switch",
        }
    ),
    "verification_officer": frozenset(
        _READ
        | {
            "incidents:observation:review",
            "incidents:incident:assess",
            "incidents:incident:confirm",
        }
    ),
    "reporting_officer": frozenset(_READ | {"reports:summary:edit", "reports:summary:review"}),
    "head_of_mission": frozenset(
        _READ | {"incidents:alert:act", "incidents:rule:switch", "reports:summary:release"}
    ),
    "protection_officer": frozenset(_READ),
    "liaison": frozenset({"monitor:place:read", "incidents:taxonomy:read", "incidents:claim:read"}),
    "administrator": frozenset({"monitor:people:read", "monitor:people:manage", "monitor:log:read"}),
    # What a device token may do: hand in, and see its own receipts. Nothing else.
    "device": frozenset(_FILE),
}
