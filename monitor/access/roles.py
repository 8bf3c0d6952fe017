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
    "incidents:person:count",
    "incidents:alert:read",
    "incidents:rule:read",
    "incidents:desk:open",
    "incidents:handover:read",
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
            "monitor:device:read",
            "monitor:device:enrol",
            "monitor:device:revoke",
            "incidents:outbox:import",
            "incidents:observation:review",
            "incidents:observation:grade",
            "incidents:incident:assess",
            "incidents:alert:act",
            "incidents:claim:record",
            "incidents:handover:give",
            "incidents:handover:take",
            "incidents:rule:switch",
            "incidents:claim:match",
            "incidents:media:take",
            "incidents:media:blur",
        }
    ),
    "analyst": frozenset(
        _READ
        | {
            "incidents:observation:grade",
            "incidents:incident:assess",
            "incidents:claim:record",
            "incidents:rule:draft",
            "incidents:rule:switch",
            "incidents:claim:match",
            "incidents:media:take",
            "incidents:media:blur",
        }
    ),
    "verification_officer": frozenset(
        _READ
        | {
            "incidents:observation:review",
            "incidents:observation:grade",
            "incidents:incident:assess",
            "incidents:incident:confirm",
            "incidents:claim:match",
            "incidents:media:take",
            "incidents:media:blur",
        }
    ),
    "reporting_officer": frozenset(
        _READ
        | {
            "reports:summary:edit",
            "reports:summary:review",
            "reports:release:read",
            "reports:release:request",
            "reports:recipient:manage",
        }
    ),
    "head_of_mission": frozenset(
        _READ
        | {
            "incidents:alert:act",
            "incidents:identity:audit",
            "incidents:rule:switch",
            "reports:summary:release",
            "reports:release:read",
            "reports:release:approve",
        }
    ),
    "protection_officer": frozenset(
        _READ
        | {
            "incidents:identity:record",
            "incidents:identity:open",
            "incidents:identity:audit",
            "incidents:media:take",
            "incidents:media:blur",
            "incidents:media:renew",
        }
    ),
    "liaison": frozenset({"monitor:place:read", "incidents:taxonomy:read", "incidents:claim:read"}),
    "administrator": frozenset(
        {
            "monitor:people:read",
            "monitor:people:manage",
            "monitor:device:read",
            "monitor:device:revoke",
            "monitor:log:read",
        }
    ),
    # What a device token may do: hand in, and see its own receipts. Nothing else.
    "device": frozenset(_FILE),
}
