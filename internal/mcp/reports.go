package mcp

import (
	"context"
	"net/url"
	"strings"

	sdk "github.com/modelcontextprotocol/go-sdk/mcp"
)

// Addresses of reports.
const (
	reportsOf  = "nnvet://runs/"
	reportEnds = "/report"
)

const pageType = "text/html"

// addReports offers the page of every run as a resource. It needs no network,
// and its policy allows it none.
func (s *server) addReports(to *sdk.Server) {
	to.AddResource(&sdk.Resource{
		URI: reportsOf + "last" + reportEnds, Name: "newest-report", Title: "Report of the newest run", MIMEType: pageType,
		Description: "Findings, pictures and proof of the newest run, as one HTML page.",
	}, s.report)
	to.AddResourceTemplate(&sdk.ResourceTemplate{
		URITemplate: reportsOf + "{run}" + reportEnds, Name: "report", Title: "Report of a run", MIMEType: pageType,
		Description: "Findings, pictures and proof of a run, as one HTML page.",
	}, s.report)
}

func (s *server) report(ctx context.Context, req *sdk.ReadResourceRequest) (*sdk.ReadResourceResult, error) {
	uri := req.Params.URI
	name := strings.TrimSuffix(strings.TrimPrefix(uri, reportsOf), reportEnds)
	name, err := url.PathUnescape(name)
	if err != nil {
		return nil, sdk.ResourceNotFoundError(uri)
	}
	run, err := s.find(name)
	if err != nil {
		return nil, err
	}
	a, err := s.run(ctx, "report.html", "report", "--", run.Dir)
	if err != nil {
		return nil, err
	}
	return &sdk.ReadResourceResult{Contents: []*sdk.ResourceContents{{URI: uri, MIMEType: pageType, Text: string(a.file)}}}, nil
}
