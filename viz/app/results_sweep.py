import solara
@solara.component
def SweepView(one, words):
    solara.Text("sweep")
