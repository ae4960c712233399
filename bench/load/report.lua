-- What all stories share: who asks, and the result as one line of JSON on standard error, which wrk itself does not use.
wrk.headers["Authorization"] = "Bearer " .. os.getenv("TOKEN")

local threads = {}

function setup(thread)
    table.insert(threads, thread)
end

function done(summary, latency, requests)
    local unexpected, exhausted = summary.errors.status, 0
    for _, thread in ipairs(threads) do
        unexpected = unexpected + (thread:get("unexpected") or 0)
        exhausted = exhausted + (thread:get("exhausted") or 0)
    end
    local errors = summary.errors
    local broken = errors.connect + errors.read + errors.write + errors.timeout
    io.stderr:write(string.format(
        '{"requests": %d, "microseconds": %d, "p50": %d, "p99": %d, "unexpected": %d, "broken": %d, "exhausted": %d}\n',
        summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), unexpected, broken, exhausted
    ))
end

-- The lines of the file of application ids.
function ids()
    local found = {}
    for id in io.lines(os.getenv("IDS")) do
        table.insert(found, id)
    end
    return found
end
