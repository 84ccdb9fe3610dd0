def onShutdown():
	exchange.workflows.gateway.shutdown()
