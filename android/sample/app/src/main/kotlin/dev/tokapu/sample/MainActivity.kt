package dev.tokapu.sample

import android.app.Activity
import android.content.Intent
import android.net.Uri
import android.os.Bundle
import android.widget.Button
import android.widget.EditText
import android.widget.LinearLayout
import android.widget.ScrollView
import android.widget.TextView
import dev.tokapu.exception.TokapuException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.SupervisorJob
import kotlinx.coroutines.cancel
import kotlinx.coroutines.launch

/** Picks a GGUF file, asks, shows the answer as it grows; a second press stops it. */
class MainActivity : Activity() {

    private val scope = CoroutineScope(SupervisorJob() + Dispatchers.Main)
    private var assistant: Assistant? = null
    private var answer: Job? = null

    private lateinit var question: EditText
    private lateinit var text: TextView

    override fun onCreate(state: Bundle?) {
        super.onCreate(state)
        Assistant.prepare(applicationContext)
        question = EditText(this).apply { hint = "Question" }
        text = TextView(this)
        val pick = Button(this).apply { this.text = "Model" }
        val ask = Button(this).apply { this.text = "Ask" }
        setContentView(LinearLayout(this).apply {
            orientation = LinearLayout.VERTICAL
            fitsSystemWindows = true
            listOf(pick, question, ask, ScrollView(context).apply { addView(this@MainActivity.text) }).forEach(::addView)
        })
        pick.setOnClickListener {
            startActivityForResult(
                Intent(Intent.ACTION_OPEN_DOCUMENT).addCategory(Intent.CATEGORY_OPENABLE).setType("*/*"), PICK)
        }
        ask.setOnClickListener { askOrStop() }
    }

    @Deprecated("the API of Android 8")
    override fun onActivityResult(request: Int, result: Int, data: Intent?) {
        val uri = data?.data
        if (request == PICK && result == RESULT_OK && uri != null) {
            load(uri)
        }
    }

    private fun load(uri: Uri) {
        text.text = "Loading"
        scope.launch {
            try {
                val opened = Assistant.open(applicationContext, uri)
                assistant?.close()
                assistant = opened
                text.text = "Ready"
            } catch (e: TokapuException) {
                text.text = e.message
            }
        }
    }

    private fun askOrStop() {
        val running = answer
        if (running?.isActive == true) {
            running.cancel()
            return
        }
        val current = assistant ?: return
        text.text = ""
        answer = scope.launch {
            try {
                current.ask(question.text.toString()).collect { piece -> text.append(piece) }
            } catch (e: TokapuException) {
                text.append("\n" + e.message)
            }
        }
    }

    override fun onDestroy() {
        scope.cancel()
        assistant?.close()
        super.onDestroy()
    }

    private companion object {
        const val PICK = 1
    }
}
