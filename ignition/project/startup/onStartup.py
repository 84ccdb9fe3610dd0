def onStartup():
	exchange.workflows.gateway.startup()
