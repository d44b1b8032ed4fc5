-- wrk script: POST each line of $BODIES once, from line $FIRST on (use one thread: -t1); header lines in $HEADERS.
-- When the lines run out it begins again at the first, and says so: those are duplicates, not new records.
-- $PHONES > 0: each request comes from the next of so many addresses, as a reverse proxy would say it.
local lines, place, wrapped = {}, tonumber(os.getenv("FIRST") or "0"), false
local phones, first = tonumber(os.getenv("PHONES") or "0"), place
for line in io.lines(os.getenv("BODIES")) do lines[#lines + 1] = line end
wrk.method = "POST"
for name, value in string.gmatch((os.getenv("HEADERS") or "") .. "\n", "([^:\n]+): ([^\n]+)\n") do
  wrk.headers[name] = value
end

function request()
  place = place + 1
  if phones > 0 then
    local phone = (first + place) % phones
    wrk.headers["X-Forwarded-For"] = "10." .. math.floor(phone / 65536) .. "." .. math.floor(phone / 256) % 256
      .. "." .. phone % 256
  end
  if place > #lines then
    place = 1
    if not wrapped then io.stderr:write("bodies wrapped\n") end
    wrapped = true
  end
  return wrk.format(nil, nil, nil, lines[place])
end
