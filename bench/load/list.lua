-- The list a decider sees first.
dofile(os.getenv("STORIES") .. "/report.lua")
wrk.path = "/api/applications"
