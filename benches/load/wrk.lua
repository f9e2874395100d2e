-- Sends the lines of $BODIES in turn, each `token TAB body`. A body may hold {{fill}}: then each time round takes another line of $FILLS, so that no
-- request is sent twice. Every answer that is not a clean one is counted; with $BARE its status alone is looked at, which leaves more of the
-- processors to the servers.
local lines, fills, sent = {}, {}, 0
local threads = {}

function setup(thread)
  table.insert(threads, thread)
end

local function formatted(token, body)
  local headers = { ["content-type"] = "application/json", ["accept"] = "application/json" }
  if token ~= "" then headers["authorization"] = "Bearer " .. token end
  return wrk.format("POST", nil, headers, body)
end

function init()
  for line in io.lines(os.getenv("FILLS")) do fills[#fills + 1] = line end
  for line in io.lines(os.getenv("BODIES")) do
    local token, body = line:match("^([^\t]*)\t(.*)$")
    local before, after = body:match("^(.*){{fill}}(.*)$")
    if before then
      -- Formatted once, with something as long as every fill is, and cut open there: the length in the head stays right.
      local mark = string.rep("#", #fills[1])
      local request = formatted(token, before .. mark .. after)
      local from, to = request:find(mark, 1, true)
      lines[#lines + 1] = { request:sub(1, from - 1), request:sub(to + 1) }
    else
      lines[#lines + 1] = formatted(token, body)
    end
  end
  answers, bytes, bad, sample = 0, 0, 0, ""
  if os.getenv("BARE") == "1" then response = nil end
end

function request()
  local line, round = lines[sent % #lines + 1], math.floor(sent / #lines)
  sent = sent + 1
  if type(line) == "table" then return line[1] .. fills[round % #fills + 1] .. line[2] end
  return line
end

local function clean(status, body)
  return status == 200 and not body:find('"errors":[{', 1, true) and not body:find('"userErrors":[{', 1, true)
    and not body:find('"UNCHANGED"', 1, true) and not body:find('"INVALID"', 1, true)
end

function response(status, _, body)
  answers, bytes = answers + 1, bytes + #body
  if not clean(status, body) then
    bad = bad + 1
    if sample == "" then sample = status .. " " .. body:sub(1, 300) end
  end
end

function done(summary, latency)
  local answered, size, wrong, example = 0, 0, 0, ""
  for _, thread in ipairs(threads) do
    answered, size, wrong = answered + thread:get("answers"), size + thread:get("bytes"), wrong + thread:get("bad")
    if example == "" then example = thread:get("sample") end
  end
  local errors = summary.errors
  wrong = math.max(wrong, errors.status)
  io.write(string.format('\n@@{"requests":%d,"seconds":%f,"bad":%d,"broken":%d,"p50_ms":%f,"p99_ms":%f,"body_bytes":%d,"sample":"%s"}\n',
    summary.requests, summary.duration / 1e6, wrong, errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, size / math.max(answered, 1), (example:gsub('[%c"\\]', "'"))))
end
