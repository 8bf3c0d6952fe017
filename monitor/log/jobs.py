"""Signs the log's head within a second of its growth."""

from monitor.jobs.runner import Job
from monitor.log.service import sign_head

JOBS = [Job(name="log.sign_head", every_s=1, run=sign_head)]
