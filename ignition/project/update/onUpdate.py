def onUpdate(actor, resources):
	exchange.workflows.gateway.update()
