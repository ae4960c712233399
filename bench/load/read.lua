-- One application after the other.
dofile(os.getenv("STORIES") .. "/report.lua")
local applications = ids()
local position = 0

function request()
    position = position % #applications + 1
    return wrk.format("GET", "/api/applications/" .. applications[position])
end
