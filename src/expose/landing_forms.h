// The landing page's look. See html.h for the notation.
#pragma once

namespace telephony::forms {

inline constexpr const char* kStyle = R"(
:root{color-scheme:light dark;--bg:#f6f7f9;--card:#fff;--ink:#1f2429;--soft:#5b6570;--line:#dde1e6;
--link:#b3400f;--red:#b3261e;--amber:#8a5a00;--blue:#1d5fa8}
@media(prefers-color-scheme:dark){:root{--bg:#16191d;--card:#1f242a;--ink:#e4e8ec;--soft:#9aa5b1;
--line:#343c45;--link:#ff9b6b;--red:#ff8a80;--amber:#f2c04d;--blue:#8fc1ff}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
header{background:#e6522c;color:#fff;padding:14px 0}
header h1{margin:0;font-size:1.4rem}
header a{color:inherit;text-decoration:none}
.wide{max-width:1080px;margin:0 auto;padding:0 16px}
main h2{font-size:1.1rem;margin:28px 0 8px}
a{color:var(--link)}
code,.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
.soft{color:var(--soft)}
.links{list-style:none;display:flex;flex-wrap:wrap;gap:8px;padding:0;margin:12px 0}
.links a{display:block;padding:6px 12px;background:var(--card);border:1px solid var(--line);border-radius:6px;
text-decoration:none}
.links a:hover{border-color:var(--link)}
.scroll{overflow-x:auto;background:var(--card);border:1px solid var(--line);border-radius:8px}
table{border-collapse:collapse;width:100%;font-size:.94rem}
th,td{text-align:left;padding:8px 12px;border-top:1px solid var(--line);vertical-align:top}
thead th{border-top:0;color:var(--soft);font-weight:600;font-size:.84rem;white-space:nowrap}
td.count,th.count{text-align:right;font-variant-numeric:tabular-nums}
form{display:flex;flex-wrap:wrap;gap:8px}
input,select,button{font:inherit;color:inherit;background:var(--card);border:1px solid var(--line);
border-radius:6px;padding:8px 12px;min-width:0;max-width:100%}
input{flex:1 1 260px}
button{background:#c8431f;border-color:#c8431f;color:#fff;font-weight:600;cursor:pointer}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
article{background:var(--card);border:1px solid var(--line);border-left:5px solid var(--soft);
border-radius:8px;padding:14px 16px;margin:12px 0}
article.critical{border-left-color:var(--red)}
article.warning{border-left-color:var(--amber)}
article.info{border-left-color:var(--blue)}
article h3{margin:0;font-size:1.05rem;display:flex;flex-wrap:wrap;gap:4px 12px;align-items:baseline}
article h3 .code{font-size:1.3rem}
.badge{font-size:.8rem;font-weight:600;border:1px solid currentColor;border-radius:99px;padding:1px 10px}
.critical .badge{color:var(--red)}
.warning .badge{color:var(--amber)}
.info .badge{color:var(--blue)}
article p{margin:6px 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 16px;margin:10px 0 0}
dt{color:var(--soft)}
dd{margin:0;overflow-wrap:anywhere}
main.wide{padding-bottom:40px}
td code{white-space:nowrap}
@media(max-width:520px){select,button{flex:1 1 100%}dl{grid-template-columns:1fr;gap:0}dd{margin-bottom:6px}}
)";

inline constexpr const char* kPage = R"(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,">
<title>{{title}}</title>
<style>{{!style}}</style>
</head>
<body>
<header><div class="wide"><h1><a href="/">Telephony Exporter</a></h1></div></header>
<main class="wide">
<p>Prometheus metrics for the errors that telephony providers report by webhook and log.
<span class="soft">Version {{version}}</span></p>
<ul class="links">
<li><a href="{{telemetry_path}}">Metrics</a></li>
<li><a href="/config">Configuration</a></li>
<li><a href="/-/healthy">Healthy</a></li>
<li><a href="/-/ready">Ready</a></li>
<li><a href="/api/v1/unlisted">Unlisted codes ({{unlisted}})</a></li>
</ul>
<h2>What does a code mean?</h2>
<form action="/" method="get" role="search">
<input name="q" type="search" value="{{query}}" aria-label="Code, message or log line"
 placeholder="A code, a message or a whole log line" maxlength="1000">
<select name="provider" aria-label="Provider"><option value="">Every provider</option>{{!options}}</select>
<button type="submit">Explain</button>
</form>
{{!answer}}
<h2>Sources</h2>
<p class="soft">Webhooks are posted to <code>{{ingest_address}}</code>.</p>
<div class="scroll"><table>
<thead><tr><th>Name</th><th>Provider</th><th>Product</th><th>Reads</th><th>Auth</th><th>State</th><th class="count">Received</th><th class="count">Rejected</th></tr></thead>
<tbody>{{!sources}}</tbody>
</table></div>
</main>
</body>
</html>
)";

inline constexpr const char* kOption = R"(<option value="{{name}}"{{!selected}}>{{title}}</option>)";

inline constexpr const char* kSource = R"(
<tr><td><code>{{name}}</code></td><td>{{provider}}</td><td>{{product}}</td>
<td>{{!input}}</td><td>{{auth}}</td><td>{{state}}</td>
<td class="count">{{received}}</td><td class="count">{{rejected}}</td></tr>)";

inline constexpr const char* kWebhook = R"(<code>{{path}}</code>)";

inline constexpr const char* kSyslog = R"(syslog <code>{{address}}</code>)";

inline constexpr const char* kFile = R"(<code>{{path}}</code><br>)";

inline constexpr const char* kCatalogs = R"(<h2>Catalogs</h2>
<div class="scroll"><table>
<thead><tr><th>Provider</th><th>Codes of</th><th class="count">Entries</th></tr></thead>
<tbody>{{!rows}}</tbody>
</table></div>)";

inline constexpr const char* kCatalog = R"(
<tr><td>{{title}}</td><td>{{space}}</td><td class="count">{{count}}</td></tr>)";

inline constexpr const char* kFound = R"(<p class="soft">{{count}} for <code>{{query}}</code>
 &middot; <a href="{{json}}">as JSON</a></p>)";

inline constexpr const char* kNothing = R"(<p>No catalog knows <code>{{query}}</code>.
Try the code alone, or fewer words of the message.</p>)";

inline constexpr const char* kMeaning = R"(
<article class="{{severity}}">
<h3><span class="code">{{code}}</span> <code>{{reason}}</code> <span class="badge">{{severity}}</span></h3>
<p class="soft">{{where}}</p>
{{!message}}<p>{{meaning}}</p>
<dl>
{{!remedy}}<dt>Retry, at rest</dt><dd>{{retry}}</dd>
<dt>Category</dt><dd><code>{{category}}</code></dd>
<dt>Family</dt><dd><code>{{family}}</code></dd>
{{!source}}</dl>
</article>)";

inline constexpr const char* kMessage = R"(<p>&ldquo;{{message}}&rdquo;</p>
)";

inline constexpr const char* kTerm = R"(<dt>{{name}}</dt><dd>{{text}}</dd>
)";

inline constexpr const char* kLinkTerm =
    R"(<dt>{{name}}</dt><dd><a href="{{text}}" rel="noreferrer">{{text}}</a></dd>
)";

}  // namespace telephony::forms
