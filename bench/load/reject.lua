-- Each request turns another applicant down, by a mail. There is one thread, so that one counter is enough.
dofile(os.getenv("STORIES") .. "/report.lua")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["If-Match"] = '"1"'
local body = '{"subject": "Ihre Bewerbung als Produktionsleitung", "bodyHtml": "'
    .. "<p>Sehr geehrte Frau Hölzlhammer,</p>"
    .. "<p>vielen Dank für Ihre Bewerbung und für die Zeit, die Sie sich dafür genommen haben.</p>"
    .. "<p>Wir haben Ihre Unterlagen genau gelesen und haben uns für jemand anderen entschieden.</p>"
    .. '<p>Mit freundlichen Grüßen</p>"}'
local applications = ids()
local position = 0
unexpected, exhausted = 0, 0

function request()
    position = position + 1
    local id = applications[position]
    if not id then
        -- The run does not count; asking for the last one again only keeps wrk going.
        exhausted = 1
        id = applications[#applications]
    end
    wrk.headers["Idempotency-Key"] = "load-" .. id
    return wrk.format("POST", "/api/applications/" .. id .. "/activities/fachkraefte.absagen/email", nil, body)
end

function response(status)
    -- 202 would say that the mail has not been taken. From 400 on wrk counts by itself.
    if status ~= 200 and status < 400 then
        unexpected = unexpected + 1
    end
end
