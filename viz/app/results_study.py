import solara
@solara.component
def Study(one, words):
    solara.Text("study")
