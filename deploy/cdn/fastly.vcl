# Parts of a Fastly VCL service, each for the subroutine that it names.

sub vcl_recv {
#FASTLY recv
  # To the same path and query, by 308.
  if (!req.http.Fastly-SSL) {
    error 618 "https";
  }
  # Secrets in addresses, and what is not to be kept.
  if (req.url.path ~ "^/(private|webhooks)/" || req.url.path == "/status") {
    return(pass);
  }
  # Answered without compression, in a copy of its own by Vary.
  if (req.http.User-Agent ~ "(?i)microsoft|outlook|exchange|msoffice") {
    unset req.http.Accept-Encoding;
  }
  return(lookup);
}

sub vcl_fetch {
#FASTLY fetch
  # What CDN-Cache-Control says (RFC 9213) and Fastly does not read: nobody waits for the service.
  if (beresp.http.CDN-Cache-Control ~ "stale-while-revalidate=3600") {
    set beresp.stale_while_revalidate = 3600s;
  }
  # An old copy rather than an error.
  if (beresp.status >= 500 && stale.exists) {
    return(deliver_stale);
  }
  return(deliver);
}

sub vcl_error {
  if (obj.status == 618) {
    set obj.status = 308;
    set obj.response = "Permanent Redirect";
    set obj.http.Location = "https://calendars.example.org" req.url;
    return(deliver);
  }
#FASTLY error
  return(deliver);
}
