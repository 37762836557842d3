-- 1009 bytes of JSON a request, each with a session id of its own: RUN, the argument, and a number.
-- Codes and accounts take turns, so that labels are looked up and not remembered.
local number, parts = 0, {}

function init(arguments)
  local run = arguments[1]
  for i = 0, 39 do
    local before = '{"namespace":"VOICE","eventType":"SESSION_SUMMARY","description":"Session summary of a call",' ..
      '"payload":{"sessionId":"' .. run .. '-'
    local after = string.format('","timestamp":"2026-01-13T08:29:43Z","subAccountId":"account_%d","sessionStatus":"ERROR",' ..
      '"errorDetails":{"errorCode":-20%02d,"errorMessage":""},"callDuration":0,"padding":"', i % 4, i % 10 + 1)
    after = after .. string.rep("x", 1009 - #before - 10 - #after - 3) .. '"}}'
    parts[i] = {
      "POST /w HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 1009\r\n\r\n" .. before, after}
  end
end

function request()
  number = number + 1
  local part = parts[number % 40]
  return part[1] .. string.format("%010d", number) .. part[2]
end
