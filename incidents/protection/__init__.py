"""People who were harmed, are detained or bear witness: who they are is sealed; how many, is counted."""
